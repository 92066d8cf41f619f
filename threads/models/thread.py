"""A conversation and its messages. Messages form a tree: editing or regenerating adds a sibling."""

import uuid

from django.conf import settings
from django.db import models


class Thread(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="threads")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=200, default="auto")  # what the person picked last
    # The last message of the branch on show.
    head = models.ForeignKey("threads.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-updated_at"], name="thread_owner_recent")]

    def __str__(self) -> str:
        return self.title or "New chat"


class Message(models.Model):
    class Role(models.TextChoices):
        SYSTEM = "system"
        USER = "user"
        ASSISTANT = "assistant"
        TOOL = "tool"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    role = models.CharField(max_length=10, choices=Role.choices)
    # An answer's fields are the fold of its generation's log, written when it ends.
    text = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    citations = models.JSONField(default=list, blank=True)  # [{"url", "title"}]
    tool_calls = models.JSONField(default=list, blank=True)  # [{"index", "id", "name", "arguments"}]
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["thread", "created_at"], name="message_thread_order")]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:40]}"
