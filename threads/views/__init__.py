"""The pages of the chat. A view looks who is there, asks one service or query, and renders; it knows no provider."""
