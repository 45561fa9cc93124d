// A certificate for localhost that nobody signed but itself, and its key: for tests alone, and known to everybody.
export const SELF_SIGNED = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUci2cfhbgPY8iq0e8pFYr/J5Zy78wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIzMzMxOFoYDzIxMjYxMDI4
MjMzMzE4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQWKnQm1zPPwUZxrp6ee/nGypMzvlrnx/qekoQkKzzm5ZzzjA+3JkTL
2LoBvDL711RG2KtynV85p4AR0ySFlPbNo28wbTAdBgNVHQ4EFgQUgkHPYpvhzUTL
/a9k2LcMGpi4g8AwHwYDVR0jBBgwFoAUgkHPYpvhzUTL/a9k2LcMGpi4g8AwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAPG+DUXmg++Z6naB/W9s/Di7GY5pts+Hl/1GMkXBSn5NAiAk
5bR7D57aS83xq6puSRYN9umRo51OzhzEqQFo55owWg==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqOBpjHXeCBWPyhlM
earauzd/qAnNDZrZDwpSQwexKFmhRANCAAQWKnQm1zPPwUZxrp6ee/nGypMzvlrn
x/qekoQkKzzm5ZzzjA+3JkTL2LoBvDL711RG2KtynV85p4AR0ySFlPbN
-----END PRIVATE KEY-----
`,
} as const;
