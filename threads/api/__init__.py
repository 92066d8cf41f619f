"""The HTTP API. Each call: who asks, one look through `access`, one call of a service or query, an answer in JSON."""
