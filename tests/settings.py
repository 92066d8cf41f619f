"""The settings tests run with: the site's own, with nothing of this machine's configuration in them.

Everything `.env.example` names is taken out of the environment first, so that neither a real key nor a real database
is within reach. What tests store goes to a temporary folder of each test process. TEST_DATABASE_URL and TEST_REDIS_URL
choose other storage than SQLite and the memory. Commands that tests start as processes inherit all this and use the
site's settings.
"""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
_worker = os.environ.get("PYTEST_XDIST_WORKER")
_inherited = os.environ.get("VAR_DIR", "")

for _name in re.findall(r"^#?\s*([A-Z][A-Z0-9_]+)=", (_root / ".env.example").read_text("utf-8"), re.MULTILINE):
    os.environ.pop(_name, None)
    os.environ.pop(f"{_name}_FILE", None)

if _worker:  # a folder in the main process's, which removes it
    _var = Path(_inherited) / _worker
    _var.mkdir()
else:
    _var = Path(tempfile.mkdtemp(prefix="chatsite-tests-"))
    atexit.register(shutil.rmtree, _var, ignore_errors=True)

os.environ["VAR_DIR"] = str(_var)
# Redis keeps its channels for all databases alike: what test processes say to each other must stay apart.
os.environ["REDIS_PREFIX"] = _var.name if not _worker else f"{_var.parent.name}-{_worker}"
os.environ["ENV_FILE"] = os.devnull
os.environ["LOG_LEVEL"] = "warning"
os.environ["DJANGO_SETTINGS_MODULE"] = "chatsite.settings"  # for processes that tests start
for _name in ("DATABASE_URL", "REDIS_URL"):
    if _value := os.environ.get(f"TEST_{_name}"):
        os.environ[_name] = _value

from chatsite.settings import *  # noqa: E402, F403
from chatsite.settings import CHANNEL_LAYERS, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

# What tests store need not outlive the machine, so nothing waits for a disk.
_options = DATABASES["default"]["OPTIONS"]
if "init_command" in _options:
    _options["init_command"] += "PRAGMA synchronous=OFF;"
else:
    _options["options"] += " -c synchronous_commit=off"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir()  # whitenoise warns of a missing one
REDIS_PREFIX = os.environ["REDIS_PREFIX"]
LIMIT_QUESTIONS = LIMIT_CONNECTS = (0, 0)  # Redis would count what all tests ask together; tests of limits set them
for _layer in CHANNEL_LAYERS.values():
    _layer.setdefault("CONFIG", {})["prefix"] = os.environ["REDIS_PREFIX"]  # type: ignore[index]
