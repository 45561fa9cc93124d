// Promcheck shows what Prometheus itself reads from our metrics, alert rules and queries. The tests use it.
//
//	promcheck metrics < text     an array of {metric, labels, value} with the types, units and help texts
//	promcheck rules FILE         the metrics that each alert rule of a rules file asks for
//	promcheck queries < array    the metrics that each PromQL query of a JSON array asks for
//
// It ends with 1, and says why, if Prometheus refuses something.
package main


import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql/parser"
)

type family struct {
	Type string `json:"type"`
	Unit string `json:"unit"`
	Help string `json:"help"`
}

type sample struct {
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

type read struct {
	Families map[string]*family `json:"families"`
	Samples  []sample           `json:"samples"`
}

var promQL = parser.NewParser(parser.Options{})

func main() {
	answer, err := run(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) (any, error) {
	switch {
	case len(args) == 2 && args[0] == "metrics":
		return readMetrics(args[1])
	case len(args) == 2 && args[0] == "rules":
		return readRules(args[1])
	case len(args) == 1 && args[0] == "queries":
		return readQueries()
	}
	return nil, errors.New("usage: promcheck metrics CONTENT-TYPE < text | rules FILE | queries < array")
}

func readMetrics(contentType string) (*read, error) {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	found := &read{Families: map[string]*family{}, Samples: []sample{}}
	named := func(name []byte) *family {
		if found.Families[string(name)] == nil {
			found.Families[string(name)] = &family{}
		}
		return found.Families[string(name)]
	}
	metrics, err := textparse.New(text, contentType, labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		return nil, err
	}
	for {
		entry, err := metrics.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		switch entry {
		case textparse.EntryHelp:
			name, help := metrics.Help()
			named(name).Help = string(help)
		case textparse.EntryType:
			name, kind := metrics.Type()
			named(name).Type = string(kind)
		case textparse.EntryUnit:
			name, unit := metrics.Unit()
			named(name).Unit = string(unit)
		case textparse.EntrySeries:
			_, _, value := metrics.Series()
			var all labels.Labels
			metrics.Labels(&all)
			found.Samples = append(found.Samples, sample{Labels: all.Map(), Value: value})
		}
	}
}

func readRules(file string) (map[string][]string, error) {
	groups, problems := rulefmt.ParseFile(file, false, model.UTF8Validation, promQL, slog.New(slog.DiscardHandler))
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	asked := map[string][]string{}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			names, err := metricsIn(rule.Expr)
			if err != nil {
				return nil, err
			}
			asked[rule.Alert] = names
		}
	}
	return asked, nil
}

func readQueries() ([][]string, error) {
	var queries []string
	if err := json.NewDecoder(os.Stdin).Decode(&queries); err != nil {
		return nil, err
	}
	asked := [][]string{}
	for _, query := range queries {
		names, err := metricsIn(query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		asked = append(asked, names)
	}
	return asked, nil
}

// metricsIn names the metrics that a PromQL expression asks for, each once.
func metricsIn(query string) ([]string, error) {
	expression, err := promQL.ParseExpr(query)
	if err != nil {
		return nil, err
	}
	names := []string{}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok && !slices.Contains(names, selector.Name) {
			names = append(names, selector.Name)
		}
		return nil
	})
	return names, nil
}
