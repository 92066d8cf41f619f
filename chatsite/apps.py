from django.apps import AppConfig


class ChatsiteConfig(AppConfig):
    name = "chatsite"

    def ready(self) -> None:
        from chatsite import checks, checks_at_start, checks_watching

        checks.register_all()
        checks_watching.register_all()
        checks_at_start.register_all()
