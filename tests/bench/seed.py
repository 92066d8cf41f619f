"""Run as a program in a folder of its own (VAR_DIR): tables, static files, models, people who are signed in.

Reads `{"people": N, "registry": TOML}` from stdin, prints `{"cookie": name, "sessions": [...]}`. One person a
session: in life, answers that run at once belong to different people.
"""

import json
import os
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatsite.settings"
    import django

    django.setup()
    from django.conf import settings

    from chatsite.preparation import collect_static, migrate
    from providers.registry_load import load

    asked = json.load(sys.stdin)
    migrate()
    collect_static()
    load(asked["registry"], {})
    json.dump({"cookie": settings.SESSION_COOKIE_NAME, "sessions": _sessions(asked["people"])}, sys.stdout)


def _sessions(people: int) -> list[str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from accounts.models import User
    from accounts.services import personal_organization

    sessions = []
    with transaction.atomic():
        for number in range(people):
            user = User(email=f"person-{number}@bench.test")
            user.set_unusable_password()  # hashing takes a fifth of a second each, and nobody signs in by it
            user.save()
            personal_organization(user=user)
            assert not isinstance(user, AnonymousUser)
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            sessions.append(session.session_key)
    return sessions


if __name__ == "__main__":
    main()
