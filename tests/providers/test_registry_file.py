"""Reading a registry file: what is right becomes a plan, and everything that is wrong is told with its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from providers.registry_file import (
    DeploymentPlan,
    Known,
    ModelPlan,
    Plan,
    ProviderPlan,
    RegistryFileError,
    RoutePlan,
    read,
)

FULL = """
# Our registry
[[provider]]
name = "openai"
preset = "openai"
api_key = "env:OPENAI_API_KEY"
max_concurrency = 50

[[provider]]
name = "gpu-2"
preset = "ollama"
base_url = "http://gpu-2:11434"

[[model]]
name = "fast"
deployments = [
  { provider = "openai", upstream = "gpt-6-luna", weight = 3 },
  { provider = "gpu-2", upstream = "qwen3", keep_alive = "5m" },
]
fallbacks = ["cheap"]
capabilities = ["tools", "vision", "reasoning"]
prices = { input = 0.1, output = 0.5 }
timeouts = { first_token = 30, stall = 60, total = 600 }
streaming = false
hedge_after = 1.5

[[model]]
name = "cheap"
deployments = [{ provider = "gpu-2", upstream = "qwen3" }]

[[route]]
name = "news"
keywords = ["latest", "today"]
model = "fast"
priority = 10

[[route]]
name = "rest"
always = true
model = "cheap"

[settings]
default_model = "cheap"
"""
NOTHING = Known()


def plan(text: str, known: Known = NOTHING, **environ: str) -> Plan:
    return read(text, known, environ)


def faults(text: str, known: Known = NOTHING, **environ: str) -> list[str]:
    with pytest.raises(RegistryFileError) as told:
        plan(text, known, **environ)
    return told.value.lines


def test_a_whole_file_becomes_a_plan() -> None:
    result = plan(FULL, OPENAI_API_KEY="sk-1")
    assert result == Plan(
        providers=(
            ProviderPlan("openai", "openai", api_key="sk-1", key_source="env:OPENAI_API_KEY", max_concurrency=50),
            ProviderPlan("gpu-2", "ollama", base_url="http://gpu-2:11434"),
        ),
        models=(
            ModelPlan(
                "fast",
                (DeploymentPlan("openai", "gpt-6-luna", 3), DeploymentPlan("gpu-2", "qwen3", keep_alive="5m")),
                fallbacks=("cheap",),
                capabilities=("tools", "vision", "reasoning"),
                prices={"input": Decimal("0.1"), "output": Decimal("0.5")},
                timeouts={"first_token": 30.0, "stall": 60.0, "total": 600.0},
                streaming=False,
                hedge_after=1.5,
            ),
            ModelPlan("cheap", (DeploymentPlan("gpu-2", "qwen3"),)),
        ),
        routes=(
            RoutePlan("news", "fast", keywords=("latest", "today"), priority=10),
            RoutePlan("rest", "cheap", always=True),
        ),
        default_model="cheap",
    )
    assert "sk-1" not in repr(result)


def test_tables_may_be_written_out() -> None:
    text = """
[[provider]]
name = "p"
preset = "openai"
[[model]]
name = "m"
prices.input = 1
[[model.deployments]]
provider = "p"
upstream = "u"
[model.timeouts]
total = 5
"""
    assert plan(text).models == (
        ModelPlan("m", (DeploymentPlan("p", "u"),), prices={"input": Decimal(1)}, timeouts={"total": 5.0}),
    )


def test_an_empty_file_is_no_fault() -> None:
    assert plan("# nothing yet\n") == Plan()


def test_what_is_registered_already_may_be_named() -> None:
    known = Known(providers=frozenset({"p"}), models=frozenset({"old"}))
    text = '[[model]]\nname = "m"\nfallbacks = ["old"]\ndeployments = [{ provider = "p", upstream = "u" }]'
    assert plan(text, known).models[0].fallbacks == ("old",)
    assert plan('[settings]\ndefault_model = "old"', known).default_model == "old"


P = '[[provider]]\nname = "p"\npreset = "openai"\n'  # lines 1 to 3
M = P + '[[model]]\nname = "m"\ndeployments = [{ provider = "p", upstream = "u" }]\n'  # lines 4 to 6
R = M + '[[route]]\nname = "r"\nmodel = "m"\n'  # lines 7 to 9

WRONG = [
    ("a = \n", "line 1: this is not TOML"),
    ('[[provider]]\nname = "p"\n\nname = "p"', "line 4: this is not TOML"),
    ('[[provider]]\nname = "p', "line 2: this is not TOML"),
    ("[[providers]]\n", 'line 1: no table is called "providers". Did you mean "provider"?'),
    ("\n[provider]\n", "line 2: write [[provider]] with two brackets"),
    ("[[settings]]\n", "line 1: write [settings] with single brackets"),
    (P + 'modle = "x"', "line 4: [[provider]] p: modle: this key is not known."),
    (P + 'base_ulr = "x"', 'line 4: [[provider]] p: base_ulr: this key is not known. Did you mean "base_url"?'),
    (P + P, "line 5: [[provider]] p: name: this name was used at line 1 already"),
    (M + M.removeprefix(P), "[[model]] m: name: this name was used at line 4"),
    ('[[provider]]\npreset = "openai"', "line 1: [[provider]] (no name): name: this key is missing"),
    ('[[provider]]\nname = "p"', "line 1: [[provider]] p: preset: this key is missing"),
    ('[[provider]]\nname = "a b"\npreset = "openai"', "line 2: [[provider]] a b: name: Use letters"),
    ('[[provider]]\nname = 7\npreset = "openai"', "line 2: [[provider]] (no name): name: Write a text in quotes"),
    (
        '[[provider]]\nname = "p"\npreset = "opnai"',
        'line 3: [[provider]] p: preset: No preset is called "opnai". Did you',
    ),
    (P + 'adapter = "openai_caht"', 'line 4: [[provider]] p: adapter: No adapter is called "openai_caht". Did you'),
    (P + 'base_url = ""', "line 4: [[provider]] p: base_url: Leave this key out"),
    (P + 'base_url = "ftp://x.example"', "line 4: [[provider]] p: base_url: The base URL begins with http"),
    (P + 'base_url = "api.openai.com/v1"', "line 4: [[provider]] p: base_url: The base URL begins with http"),
    (P + 'base_url = "https://x.example/v1/models/m:generateContent"', "without /models/m:generateContent"),
    (P + 'base_url = "https://u:pw@x.example"', "must not contain a user name or password"),
    (P + 'base_url = "https://x.example/v1?key=1"', "must not contain a query"),
    (P + 'base_url = "https://x.example/v1#a"', "must not contain a query or a fragment"),
    (P + 'base_url = "https://x.example/v1/chat/completions"', "without /chat/completions"),
    (P + 'base_url = "https://x.example:99999"', "cannot be read"),
    (P + 'base_url = "https://x.example/a b"', "must not contain spaces"),
    (P + 'base_url = "https://x.example/../v1"', "must be plain"),
    (P + 'base_url = "http://10.0.0.5/v1"', "private address 10.0.0.5"),
    (P + 'base_url = "http://169.254.169.254/v1"', "metadata"),
    ('[[provider]]\nname = "p"\npreset = "openai-compatible"', "line 1: [[provider]] p: base_url: The preset"),
    (P + 'api_key = "sk-1\\nHost: x"', "line 4: [[provider]] p: api_key: The key must be one line"),
    (P + 'api_key = "sk 1"', "The key must be one line"),
    (P + 'api_key = "env:NO_SUCH"', "line 4: [[provider]] p: api_key: the environment variable NO_SUCH is not set"),
    (P + 'api_key = "env:"', "Name an environment variable after env:"),
    (P + 'api_key = "env:BROKEN"', "The key must be one line"),
    (P + "max_concurrency = 0", "line 4: [[provider]] p: max_concurrency: Use a whole number from 1"),
    (P + "max_concurrency = 1.5", "Write a whole number"),
    (P + "max_concurrency = true", "Write a whole number"),
    (P + '[[model]]\nname = "m"', "line 4: [[model]] m: deployments: this key is missing"),
    (P + '[[model]]\nname = "m"\ndeployments = []', "line 6: [[model]] m: deployments: write it as [{"),
    (P + '[[model]]\nname = "auto"\ndeployments = [{ provider = "p", upstream = "u" }]', "the router's own name"),
    (M.replace('provider = "p"', 'provider = "q"'), 'line 6: [[model]] m: deployments: no provider is called "q"'),
    (M.replace(', upstream = "u"', ""), "line 6: [[model]] m: deployments 1: upstream: this key is missing"),
    (M.replace("upstream", "upstraem"), 'deployments 1: upstraem: this key is not known. Did you mean "upstream"?'),
    (M.replace('"u" }', '"u", weight = 0 }'), "deployments 1: weight: Use a whole number from 1"),
    (M.replace('"u" }', '"u", keep_alive = "for ever" }'), "deployments 1: keep_alive: Write a time such as"),
    (M.replace('"u" }', '"u", keep_alive = 10 }'), "deployments 1: keep_alive: Write a text in quotes"),
    (M.replace("}]", '}, { provider = "p", upstream = "u" }]'), "u at p is listed twice"),
    (M + 'fallbacks = ["n"]', 'line 7: [[model]] m: fallbacks: no model is called "n"'),
    (M + 'fallbacks = ["m"]', "line 7: [[model]] m: fallbacks: The fallbacks go in a circle: m → m"),
    (M + 'fallbacks = "m"', "Names are a list of texts"),
    (
        M + 'capabilities = ["tool"]',
        'line 7: [[model]] m: capabilities: No capability is called "tool". Did you mean "tools"',
    ),
    (M + "prices = { input = -1 }", "line 7: [[model]] m: prices: input: A price is zero or more"),
    (M + "prices = { input = nan }", "A price is zero or more"),
    (M + "prices = { inptu = 1 }", 'prices: inptu: this key is not known. Did you mean "input"?'),
    (M + "prices = 3", "prices: write it as { … }, with the keys input, output"),
    (M + "timeouts = { stall = 0 }", "line 7: [[model]] m: timeouts: stall: A time is more than 0"),
    (M + "timeouts = { total = inf }", "A time is more than 0"),
    (M + 'streaming = "no"', "line 7: [[model]] m: streaming: Write true or false"),
    (M + "hedge_after = -1", "line 7: [[model]] m: hedge_after: A time is more than 0"),
    (R, "line 8: [[route]] r: name: A route has exactly one of keywords, pattern, always or intent; this one has none"),
    (R + 'keywords = ["a"]\nalways = true', "this one has keywords and always"),
    (R + 'pattern = "(a"', "line 10: [[route]] r: pattern: The pattern is not a regular expression"),
    (R + 'keywords = [""]', "Use one line of visible characters"),
    (M + '[[route]]\nname = "r"\nalways = true', "line 7: [[route]] r: model: this key is missing"),
    (R.replace('model = "m"', 'model = "n"') + "always = true", 'line 9: [[route]] r: model: no model is called "n"'),
    (R + "always = true\npriority = 1.5", "line 11: [[route]] r: priority: Write a whole number"),
    ('[settings]\ndefault_model = "x"', 'line 2: [settings]: default_model: no model is called "x"'),
    ('[settings]\ndefault = "x"', "line 2: [settings]: default: this key is not known"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[words for _, words in WRONG])
def test_one_fault_is_told_once_with_its_line(text: str, words: str) -> None:
    told = faults(text, BROKEN="sk-1\nx")
    assert len(told) == 1, told
    assert words in told[0]
    assert told[0].startswith("line ")


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    text = R.replace('"openai"', '"opnai"') + 'patern = "x"\n' + '[settings]\ndefault_model = "n"'
    assert [line.partition(":")[0] for line in faults(text)] == ["line 3", "line 8", "line 10", "line 12"]


def test_a_circle_through_what_is_registered_is_found() -> None:
    known = Known(models=frozenset({"a", "b"}), fallbacks={"a": ("b",), "b": ("m",)})
    assert "m → a → b → m" in faults(M + 'fallbacks = ["a"]', known)[0]
    mended = M + 'fallbacks = ["a"]\n[[model]]\nname = "b"\ndeployments = [{ provider = "p", upstream = "u" }]'
    assert plan(mended, known).models[0].fallbacks == ("a",)


def test_two_ways_to_the_same_fallback_are_no_circle() -> None:
    known = Known(models=frozenset({"a", "b", "c"}), fallbacks={"a": ("c",), "b": ("c",)})
    assert plan(M + 'fallbacks = ["a", "b", "c"]', known)


def test_a_secret_is_in_no_fault() -> None:
    text = P + 'api_key = "sk-very secret"\nmax_concurrency = 0'
    assert "very" not in "".join(faults(text))


def test_a_key_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-from-file\n")
    provider = plan(P + 'api_key = "env:MY_KEY"', MY_KEY_FILE=str(tmp_path / "key")).providers[0]
    assert (provider.api_key, provider.key_source) == ("sk-from-file", "env:MY_KEY")


def test_a_stored_key_is_not_sent_elsewhere() -> None:
    known = Known(key_origins={"p": "https://api.openai.com:443"})
    (told,) = faults(P + 'base_url = "https://other.example/v1"', known)
    assert told.startswith("line 4: [[provider]] p: base_url: the stored key was given for https://api.openai.com:443:")
    assert told.endswith("give api_key again to send it elsewhere.")
    assert plan(P, known).providers[0].api_key is None
    assert plan(P + 'base_url = "https://api.openai.com/v2"', known)
    assert plan(P + 'base_url = "https://other.example/v1"\napi_key = "sk-2"', known)


def test_text_that_looks_like_a_table_moves_no_line() -> None:
    text = P + 'api_key = """\n[[provider]]\n"""\nmax_concurrency = 0'
    assert [line.partition(":")[0] for line in faults(text)] == ["line 4", "line 7"]
