"""Words of programmers, the same in every language."""

from providers.dispatch.intents.lexicon import Table

_LANGUAGES = (
    "python javascript typescript java rust go golang c cplusplus csharp php ruby swift kotlin scala perl haskell sql "
    "bash powershell r matlab lua elixir dart html css excel vba flask django react vue pandas numpy"
)
# "in Python", "en Python", "mit Go": then even an everyday word is the language.
_WITH = ("in", "en", "with", "using", "mit", "avec", "con", "com", "em", "na", "на")

PROGRAMMING: Table = {
    ("code", 2.5): " | ".join(f"{word} {language}" for word in _WITH for language in _LANGUAGES.split())
    + """
    | javascript | typescript | golang | cplusplus | csharp | php | kotlin | haskell | mysql | sqlite | css | bash
    | powershell | kubernetes | kubectl | fastapi | node js | nodejs | numpy | pytorch | tensorflow | regex | regexp
    | flexbox | segfault | traceback | stack trace | stacktrace | pull request | docker compose | groupby | git commit
    | git push | git rebase | git merge | npm install | pip install | leetcode | graphql | async await | localhost
    | undefined is not a function | null pointer | nullpointer* | nonetype | rest api | api rest | stackoverflow
    """,
    ("code", 2.0): """
    python | java | sql | postgres* | docker | git | npm | json | yaml | html | dockerfile | nginx | redis | mongodb
    | linked list | useeffect | usestate | oauth | jwt | webhook | backend | frontend | dotnet | vba | jquery | ssh
    | cron | crontab | div | crashloopbackoff | programm* | latex
    """,
    ("code", 1.5): """
    rust | ruby | django | flask | pandas | linux | ubuntu | github | gitlab | api | apis | xml | react | vue | angular
    | async | endpoint | debug* | deploy* | array | script | code | boolean | commit | container | loop | widget
    """,
    ("code", 1.0): "csv | http | url | undefined | null | parser | server | server log* | float | string",
}
