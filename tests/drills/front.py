"""nginx and Caddy before the web processes, set up as docs/operations.md says: its own samples, with this machine's
addresses in the place of theirs and without TLS."""

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import processes
from tests.drills.storage import CannotDrillError
from tests.project_files import ROOT

_NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 1024; }}
http {{
access_log {folder}/access.log;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{sample}
}}
"""
_CADDY = "{{\nadmin off\n}}\n{sample}"


@dataclass(frozen=True, slots=True)
class Kind:
    """`ours`: what of the sample is replaced by what; the first is in no other block of its language. `around`: the
    rest of the configuration. `ready`: said once it serves."""

    sample: str
    ours: Callable[[int, Sequence[str]], Mapping[str, str]]
    around: str
    command: Callable[[Path, Path], list[str]]
    ready: str


KINDS = {
    "nginx": Kind(
        "nginx",
        lambda port, webs: {"listen 443 ssl": f"listen 127.0.0.1:{port}", **_addresses(webs)},
        _NGINX,
        lambda file, folder: ["-p", str(folder), "-c", str(file), "-e", "stderr"],
        "start worker process",
    ),
    "caddy": Kind(
        "text",
        lambda port, webs: {"chat.example.org {": f"http://127.0.0.1:{port} {{", **_addresses(webs)},
        _CADDY,
        lambda file, _: ["run", "--config", str(file), "--adapter", "caddyfile"],
        "serving initial configuration",
    ),
}


def _addresses(webs: Sequence[str]) -> dict[str, str]:
    return {f"10.0.0.{at}:8001": web.removeprefix("http://") for at, web in enumerate(webs, start=1)}


@contextlib.contextmanager
def running(name: str, port: int, webs: Sequence[str], folder: Path) -> Iterator[str]:
    """It serves `webs` at `port`; its origin."""
    kind, program = KINDS[name], shutil.which(name)
    if program is None:
        raise CannotDrillError(f"What docs/operations.md says of {name} is tried out with it: install {name}.")
    replaced = kind.ours(port, webs)
    sample = _sample(kind.sample, next(iter(replaced)))
    for theirs, ours in replaced.items():
        if theirs not in sample:
            raise ValueError(f"The sample for {name} in docs/operations.md has no {theirs!r}.")
        sample = sample.replace(theirs, ours)
    file = folder / f"{name}.conf"
    file.write_text(kind.around.format(folder=folder, sample=sample), "utf-8")
    environment = processes.environment(HOME=str(folder), XDG_DATA_HOME=str(folder), XDG_CONFIG_HOME=str(folder))
    command = [program, *kind.command(file, folder)]
    with processes.running(command, folder / f"{name}.log", environment, on_cores=None) as started:
        started.wait_for(lambda said: kind.ready in said)
        yield f"http://127.0.0.1:{port}"


def _sample(language: str, words: str) -> str:
    """The block of docs/operations.md that has these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL)
    return next(block for block in blocks if words in block)
