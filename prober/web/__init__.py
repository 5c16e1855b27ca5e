"""What all that listens has in common: who may ask, by which name, over TLS, and what a browser may
do with the answer. The page, the operator and agents use it.

`credentials` are secrets in a file, `guards` what every request goes through, `tls` the server's
side of TLS, and `server_secret` both of them as a mounted Secret has them.
"""
