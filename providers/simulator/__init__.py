"""A provider that is none: it speaks real ones' wire formats over HTTP, for the demo, the tests and the benchmark.

The model's name says how it behaves: `PRESET` or `PRESET:option=value,option=value`, for example
`sim:ttft=300ms,rate=50,tokens=200,fault=cut@20`. docs/simulator.md explains every word; in short:

presets    sim, sim-fast, sim-slow, sim-instant, sim-thinking, sim-sources, sim-code, sim-unicode
time       ttft=300ms tail=0.8 head=2s rate=50|max comments=500ms
words      text=readme|code|unicode|echo|lorem tokens=N seed=N
parts      reasoning=N reasoning-key=… citations=N citations-key=… tools=N finish=… usage=asked|on|late|off
bytes      crlf=on split=utf8|N
key        key=SECRET
faults     fault=429 retry-after=5, fault=silent, fault=cut@20 (cut drop rst stall error done-after-error bad-json
           come after that many tokens), times=N, chance=P

It shares no code with `providers.adapters` and imports no Django. Inside, downward: server, app, player and script,
protocols, options, faults, texts, beats.
"""
