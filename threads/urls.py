"""The addresses of the chat's pages."""

from django.urls import path

from threads.views import budgets, generations, manage, pages, send

app_name = "threads"
urlpatterns = [
    path("", pages.home, name="home"),
    path("threads/list", pages.lines, name="list"),
    path("threads/send", send.send, name="send"),
    path("threads/budgets", budgets.notices, name="budgets"),
    path("threads/<uuid:thread_id>/", pages.thread, name="thread"),
    path("threads/<uuid:thread_id>/send", send.send, name="send_to"),
    path("threads/<uuid:thread_id>/budgets", budgets.notices, name="budgets_of"),
    path("threads/<uuid:thread_id>/rename", manage.rename, name="rename"),
    path("threads/<uuid:thread_id>/delete", manage.delete, name="delete"),
    path("threads/<uuid:thread_id>/messages/<uuid:message_id>/text", pages.text, name="text"),
    path("generations/<uuid:request_id>/cancel", generations.cancel, name="cancel"),
    path("generations/<uuid:request_id>/frames", generations.frames, name="frames"),
]
