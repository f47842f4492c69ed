"""The two-factor submission protocol: two signatures, two keys, one payload hash, one entry.

Modules: `canonical` (bytes), `payloads` (schemas), `messages` (what is signed), `submission`,
`terminal`, `server`, `offline` (a reader's checks), `site` (a small site in one folder).
"""
