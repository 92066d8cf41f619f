"""Cues of software: what is named alike in all languages, and how each speaks of programs that do not work."""

from providers.dispatch.intents.lexicon import Table

# Names of tools, protocols and parts of programs, hardly ever translated.
NAMES: Table = {
    ("code", 2.5): """
    localstorage | sessionstorage | indexeddb | vite | esbuild | prettier | pnpm | deno | express js | nestjs | nuxt
    | gatsby | redux | zustand | vuex | pinia | rxjs | jest | mocha | playwright | selenium | puppeteer | junit
    | maven | gradle | hibernate | quarkus | tomcat | symfony | composer json | drupal | joomla | django orm
    | gunicorn | uvicorn | sqlalchemy | pydantic | alembic | anaconda | jupyter | matplotlib | seaborn | polars
    | pyspark | dbt | bigquery | redshift | supabase | firebase | firestore | dynamodb | cassandra | neo4j | influxdb
    | mariadb | plsql | tsql | sql server | stored procedure | prisma | sequelize | typeorm | grpc | protobuf
    | openapi | swagger | postman | wsdl | mqtt | zeromq | websockets | webrtc | oauth2 | saml | ldap | openssl
    | letsencrypt | certbot | haproxy | traefik | apache2 | htaccess | systemd | systemctl | journalctl | tmux | zsh
    | bashrc | zshrc | vim | neovim | emacs | vscode | intellij | pycharm | xcode | android studio | jetpack compose
    | swiftui | uikit | react native | ionic | cordova | electron app | tauri | tkinter | pygame | unity 3d
    | blender script | glsl | hlsl | opengl | vulkan | cuda | verilog | vhdl | esp32 | stm32 | micropython | plc
    | fortran | cobol | assembler | ocaml | clojure | erlang | f sharp | solidity | smart contract | wasm
    | webassembly | llvm | gdb | strace | awk | grep | rsync | scp | ffmpeg | imagemagick | wget | netstat | lsof
    | iptables | netcat | ssh key | putty | known hosts | chown | sudo | sudoers | dotfiles | symlink | symlinks
    | mutex | semaphore | goroutine | goroutines | coroutine | coroutines | asyncio | multithreading | multiprocessing
    | threadpool | tuple | tuples | struct | structs | enum | enums | typedef | namespace | namespaces | nullable
    | nullptr | lvalue | stdin | stdout | stderr | printf | scanf | malloc | segfaults | stack overflow | callback
    | callbacks | promise all | settimeout | addeventlistener | innerhtml | dom | scss | sass | html5 | svg path
    | z index | iframe | cors | csrf | xss | csp | rest endpoint | json schema | toml | ini file | env file | dotenv
    | base64 | utf 8 | utf8 | ascii | uuid | sha256 | md5 | bcrypt | hashmap | hashset | linkedlist | arraylist
    | heapq | quicksort | mergesort | bubble sort | bubblesort | binary search | dijkstra | memoization | memoize
    | backtracking | telegram bot | discord bot | slack bot | whatsapp bot | chatbot in | webhooks | apk | sdk | dll
    | jar file | exe file | nullreferenceexception | typeerror | valueerror | keyerror | indexerror | attributeerror
    | importerror | modulenotfounderror | syntaxerror | nameerror | indentationerror | enoent | econnrefused
    | eaddrinuse | oomkilled | imagepullbackoff | sigterm | sigkill | github pages | gitlab ci | jenkins | circleci
    | argocd | vercel | netlify | heroku | digitalocean | cloudflare workers | cloudformation | pulumi | virtualbox vm
    | wsl | wsl2 | libreoffice calc | google apps script | apps script | power query | power bi | sverweis | xverweis
    | repository git | merge request | pull requests | git pull | git log | git reset | git checkout | git revert
    | git diff | git blame | git tag | submodule | gitignore | force push | cherrypick | rebase | changelog generator
    | semver | monorepo | ci cd | cicd | linter | eslint | mypy | pylint | flake8 | docstring | docstrings | unittest
    | unittests | pytest | mocking | fixture | fixtures | volatile | constexpr | const | yield keyword | static void
    | eslintrc | docker image | docker images | image docker | regexes | chrome extension | browser extension
    | userscript | tampermonkey | vectorised | vectorized | vectorize | nested loop | nested loops | dropdown menu
    | pandas groupby | numpy broadcasting | arduino | raspberry | esp8266 | for schleife | while schleife | for循环
    | while循环 | forループ | whileループ | for loop | bucle for | ciclo for | boucle for | for цикл | цикл for
    | laço for | express app
    """,
    ("code", 2.0): """
    js | dev server | ssr | orm | cli | k8s | debian | terminal | cron job | cronjob | cron jobs | port 80 | port 443
    | port 3000 | port 5000 | port 5432 | port 8080 | port 8000 | https redirect | ssl certificate | http 500
    | error 500 | error 404 | error 403 | error 401 | 500 error | 404 error | 403 error | 502 bad gateway | 502
    | 504 gateway | full stack | fullstack | middleware | token jwt | cookie session | session tokens | access token
    | refresh token | api token | query string | dropdown | navbar | checkbox | textarea | grid layout | viewport
    | media queries | postgres | postgresql | mongo | laravel | svelte | flutter | lua | matlab | terraform | ansible
    | webpack | tailwind | wordpress | get y post | get e post | get und post | get et post | get or post
    | get and post | post request | get request | google sheets | excel formula | spreadsheet | compiler | debugger
    | debug | browser console | devtools
    """,
    ("code", 1.5): """
    arrays | integer | loops | log | logs | scripts | deploy | push | commits | query | queries | browser
    | firefox extension | web app | webapp | app android | bot | plugin | plugins | framework | library | libraries
    | containers | proxy | vpn server | dns | tcp | udp | https | ssl | tls | ftp | schema | index on | login form
    | snake game | tic tac toe | tetris | pong | minesweeper | hello world | todo app | to do app | calculator app
    | landing page | responsive | token | variable | variables | class method | singleton | factory pattern
    | observer pattern | data frame | data type | data types | algorithm | recursion | recursive | compile | compiles
    """,
    ("code", 0.7): "app | apps | website | game | games | page | program | table | tables | column | columns",
}

SOFTWARE: dict[str, Table] = {
    "english": {
        ("code", 2.5): """
        shell alias | alias that | keyboard shortcut in vs code | in use by another process | port is in use
        | port is already in use | already in use | which process | hangs on start | process and a thread
        | threads and processes | thread safe | stack and a heap | stack and heap | compiled and interpreted
        | compiled or interpreted | pass by reference | pass by value | by reference or by value | join three tables
        | join two tables | join tables | left outer | group by | order by | distinct rows | duplicate rows
        | remove duplicates | web scraper | scrape | scraping | scraper | parse dates | date parsing | time zone bug
        | environment variable | environment variables | command line argument | command line tool
        | command line flags | config file | log files | error log | error message when i | blank page | white screen
        | blue screen | works locally | works on my machine | in production but | after deploying
        | after the update my app | fails to build | build fails | build failed | won t compile | doesn t compile
        | does not compile | won t build | tests fail | tests pass | flaky test | test coverage | code coverage
        | memory usage of | out of memory | runs out of memory | infinite loop | infinite recursion | off by one error
        | same height | centre a | vertically | sticky header | dark mode toggle | hamburger menu | background image
        | my css | my html | my javascript | my sql | my query | my script | my function | my loop | my regex
        | my program | my website | my web page | my api | my server | my database | my repo | my branch | my build
        | my container | my component | my pipeline | my app crashes | my bot | this function | this snippet
        | this script | this query | this regex | this loop | this class | this program | this error | these lines
        | this line of code | lines of code | pseudo code | pseudocode | code snippet | code example | code that
        | write code | write a program | write a script | write me a script | write me a program | write me a function
        | write a function | write a class | write a query | write a bot | write a plugin | design an api
        | architecture for an app | system design | load balancer | message queue | microservice | microservices
        | monolith | event driven | idempotent | pagination | rate limiting | version control | unit test for
        | mock objects | continuous integration | coding interview | data pipeline | etl | feature flag
        | feature flags | undo a | undo my last | revert a commit | merge conflicts | detached | pushed | unstaged
        | rows with | rows that | rows where | the rows | excel sheet | in excel | in google sheets | in libreoffice
        | cell a1 | conditional formatting | the volatile keyword | keyword do | the static keyword
        | what does the keyword | git history | a set faster | list faster | set or a list | faster than a list
        | relation does not exist | table does not exist | does not exist but | on hover | remote branch
        | local branch | delete a branch | delete a remote | docker image is | image size | keeps crashing
        | app closes | app keeps | throws an | throws a | is not defined | is not a function | not found error
        | permission denied | access denied | segfaulting | hangs when | stops working after | the command to
        | command to | command for | what command | which command | dependency hell | technical debt | spaghetti code
        | fail in ci | app script | apps script | open files | list files | asynchronous function | async function
        | asynchronous | synchronous | open source license
        """,
        ("code", 1): """
        sort | sort an | iterate | iterate over | loop over | concatenate | serialize | deserialize | reverse a
        | count occurrences | flatten | deduplicate
        """,
        ("code", 1.5): "palindrome | excel macro",
    },
    "german": {
        ("code", 2.5): """
        welche formel brauche | in libreoffice | in excel | in calc | welcher prozess | prozess und thread
        | port belegt | für den browser | snake spiel | tetris | browserspiel | kleines spiel | tic tac toe
        | nach dem deploy* | nach dem update stürzt | weiße seite | leere seite | läuft lokal | umgebungsvariable*
        | konfigurationsdatei | logdatei* | logs | im terminal | in der konsole | auf der kommandozeile
        | unterschied zwischen list* | dictionary | wörterbuch in python | liste und tupel | tupel | nach dem aufruf
        | aufruf der funktion | rückgabewert | mein skript | meine funktion | meine abfrage | meine webseite
        | meine website | meine app | mein programm | meine schleife | mein server | meine datenbank | mein container
        | mein build | mein repo | mein branch | mein bot | mein formular | dieses skript | diese funktion
        | diese abfrage | dieser fehler | diesen fehler | diese schleife | wirft | wirft einen | stapelüberlauf
        | speicherleck | nebenläufig* | objektorientiert* | primärschlüssel | fremdschlüssel | fremdschlüssel*
        | index auf | zeilenweise | zeile für zeile | duplikate | doppelte einträge | doppelte zeilen
        | sortieralgorithmus | programmieren | quelloffen* | schreib ein skript | schreib ein programm
        | schreib eine funktion | schreib mir ein skript | telegram bot | git repository | letzten commit | den commit
        | merge konflikt | zusammenführen von branches | pushen | gepusht | committet | deployen | kompilieren
        | schlüsselwort | bedingte formatierung | bricht auf dem handy | bricht um | branch löschen | lokalen branch
        | remote branch | docker image | regex für | bash skript | shell skript | erweiterung für chrome
        | chrome erweiterung | browsererweiterung | umbruch | verschachtelte* | den befehl | mit welchem befehl
        | befehl um | asynchron* | synchron* | funktion in | verschachtel* | if bedingung* | wenn funktion
        """,
        ("artefact", 1.5): """
        spiel | browserspiel | app | seite | bot | plugin | erweiterung | formular | website | makro
        """,
        ("make", 1): "bau mir | programmiere | code mir | bastle",
        ("code", 1): "sortieren | parsen | iterier* | durchlaufen | umkehren | zählen wie oft | nach zwei feldern",
    },
    "french": {
        ("code", 2.5): """
        branche principale | mon dernier push | dernier commit | annuler mon | annuler un commit | voici le js
        | voici le code | mon formulaire | mon script | ma fonction | ma requête | mon site | mon appli
        | mon programme | ma boucle | mon serveur | ma base | mon conteneur | mon build | mon dépôt | ma branche
        | mon bot | ma page | ce script | cette fonction | cette requête | cette erreur | cette boucle
        | jeu de morpion | morpion | jeu du serpent | petit jeu | jeu en html | dans le navigateur | navigateur
        | index dans une table | une table mysql | clé primaire | clé étrangère | fichier ligne par ligne
        | ligne par ligne | fichier de log | logs | variable d environnement | variables d environnement
        | dans le terminal | en ligne de commande | écran blanc | marche en local | fonctionne en local
        | en production | après le déploiement | déployer | tuple | tuples | liste et un tuple | dictionnaire
        | dictionnaires | processus et un thread | fuite de mémoire | feuille de calcul | dans excel | tableur
        | développeur web | web scraping | scraper | télécharger des fichiers | automatise | automatiser
        | doublons dans | lignes en double | dépôt git | fusionner | conflit de fusion | pousser sur | orienté objet
        | se compile | compilation | tri à bulles | recherche dichotomique | écris un script | écris une fonction
        | écris un programme | mot clé | branche locale | branche distante | supprimer une branche | créer une branche
        | une branche | image docker | décorateur | regex pour | extension chrome | extension de navigateur
        | menu déroulant | mon image | plante quand | se ferme tout seul | la commande pour | quelle commande
        | commande pour | fonction asynchrone | asynchrone | synchrone | lister les fichiers | clignote
        | fichiers ouverts
        """,
        ("artefact", 1.5): "jeu | appli | page | bot | plugin | extension | formulaire | formule | site",
        ("code", 1): "trier | trie | parser | itérer | parcourir | inverser une | concaténer | objets selon",
    },
    "spanish": {
        ("code", 2.5): """
        final de cada línea | cada línea con | línea a línea | mi página | mi web | mi sitio | mi script | mi función
        | mi consulta | mi programa | mi bucle | mi servidor | mi base de datos | mi contenedor | mi build | mi repo
        | mi rama | mi bot | mi app | mi formulario | mi aplicación | este script | esta función | esta consulta
        | se ve bien en chrome | en safari | en chrome | en firefox | en el navegador | navegador | bot de | bot que
        | null pointer | abrir la app | una tupla | tupla | tuplas | diccionario | diccionarios
        | diferencia hay entre una lista | proceso y un hilo | hilos | multihilo | clave primaria | clave foránea
        | variable de entorno | variables de entorno | en la terminal | por consola | pantalla en blanco
        | página en blanco | funciona en local | en producción | desplegar | despliegue | fuga de memoria
        | hoja de cálculo | en excel | desarrollo web | web scraping | scraper | automatiza* | filas duplicadas
        | eliminar duplicados | último commit | deshacer un commit | deshacer el | conflicto de merge | rama principal
        | hacer push | subir al repositorio | orientada a objetos | ordenamiento | ordenación burbuja
        | escribe un script | escribe una función | escribe un programa | escríbeme un script | juego de la serpiente
        | tres en raya | juego en javascript | juego en html | compila | compilación | algoritmos | palabra clave
        | decorador | una rama | rama en remoto | rama remota | rama local | borrar una rama | imagen de docker
        | extensión de chrome | devuelve filas | regex para | expresión regular para | se cierra sola | se cierra al
        | mi imagen | menú desplegable | el comando para | comando para | qué comando | función asíncrona | asíncron*
        | síncron* | listar archivos | parpadea
        """,
        ("artefact", 1.5): "juego | bot | app | plugin | extensión | formulario | fórmula | web | página | sitio",
        ("code", 1): "ordenar | ordena | parsear | iterar | recorrer | invertir una | concatenar | objetos por",
    },
    "portuguese": {
        ("code", 2.5): """
        estourar a memória | meu site | minha página | minha api | meu script | minha função | minha consulta
        | meu laço | meu servidor | meu banco | meu container | meu build | meu repositório | minha branch | meu bot
        | meu app | meu aplicativo | meu formulário | este script | esta função | esta consulta | esse erro
        | este erro | hospedagem | sem o css | uma promise | usar await | bot que | bot do | bot de | um script que
        | no navegador | navegador | linha a linha | tupla | tuplas | dicionário | dicionários | lista e uma tupla
        | processo e thread | chave primária | chave estrangeira | variável de ambiente | variáveis de ambiente
        | no terminal | tela branca | página em branco | funciona local | em produção | deploy | fazer deploy
        | vazamento de memória | planilha | no excel | web scraping | scraper | raspagem | automatiza*
        | linhas duplicadas | remover duplicados | último commit | desfazer um commit | desfazer o | conflito de merge
        | dar push | orientada a objetos | ordenação | escreva um script | escreva uma função | escreva um programa
        | jogo da cobrinha | jogo da velha | joguinho | jogo em javascript | compila | compilação | algoritmos
        | palavra chave | decorador | uma branch | branch remota | branch local | apagar uma branch | imagem docker
        | dockerfile | extensão do chrome | regex para | fecha sozinho | trava ao | minha imagem | menu suspenso
        | apaga arquivos | arquivos antigos | o comando para | comando para | qual comando | função assíncrona
        | assíncron* | síncron* | listar arquivos | pisca
        """,
        ("artefact", 1.5): "jogo | bot | app | plugin | extensão | formulário | fórmula | site",
        ("code", 1): "ordenar | ordene | parsear | iterar | percorrer | inverter uma | concatenar | objetos por",
    },
    "italian": {
        ("code", 2.5): """
        dizionario per | ordinare un dizionario | dizionario | dizionari | tupla | tuple | mio container | il mio sito
        | la mia query | la mia funzione | il mio script | il mio programma | il mio ciclo | il mio server
        | il mio database | il mio repo | il mio branch | il mio bot | la mia app | il mio form | la mia pagina
        | mia query | mio script | mia funzione | mio server | mia pagina | mio sito | mia app | questo script
        | questa funzione | questa query | questo errore | leggo i log | i log | get e post | celle vuote
        | nel browser | browser | chiave primaria | chiave esterna | variabile d ambiente | variabili d ambiente
        | nel terminale | da terminale | schermata bianca | pagina bianca | funziona in locale | in produzione
        | deploy | foglio di calcolo | in excel | su excel | web scraping | scraper | automatizza* | righe duplicate
        | righe doppie | eliminare i duplicati | ultimo commit | annullare un commit | annullare l ultimo
        | conflitto di merge | ramo principale | fare push | orientata agli oggetti | ordinamento | scrivi uno script
        | scrivi una funzione | scrivi un programma | bot telegram | bot che | gioco del serpente | tris in | giochino
        | gioco in javascript | compila | compilazione | algoritmi | processo e thread | parola chiave | decoratore
        | un branch | branch remoto | branch locale | cancellare un branch | immagine docker | estensione di chrome
        | regex per | si chiude appena | si chiude da sola | la mia immagine | menu a tendina | il comando per
        | comando per | quale comando | funzione asincrona | asincron* | sincron* | elencare i file | lampeggia
        """,
        ("artefact", 1.5): "gioco | bot | app | plugin | estensione | formula",
        ("code", 1): "ordinare | ordina | parsare | iterare | scorrere | invertire una | concatenare | oggetti per",
    },
    "chinese": {
        ("code", 2.5): """
        我的页面 | 页面 | 排版 | 浏览器 | 贪吃蛇 | 俄罗斯方块 | 小游戏 | 装包 | 装不上 | 用命令 | 进程 | 线程 | 协程
        | 内存泄漏 | 内存 | 端口 | 环境变量 | 日志 | 白屏 | 空白页 | 本地能跑 | 部署 | 打包 | 主键 | 外键 | 索引
        | 联表 | 去重 | 重复行 | 表格里 | 单元格 | 元组 | 面向对象 | 类和 | 异步 | 回调 | 装饰器 | 生成器 | 迭代器
        | 序列化 | 跨域 | 接口返回 | 请求接口 | 前后端 | 中间件 | 缓存 | 微服务 | 消息队列 | 负载均衡 | 镜像 | 依赖
        | 版本冲突 | 合并冲突 | 分支 | 提交记录 | 撤销提交 | 推送 | 仓库 | 机器人程序 | 自动化脚本 | 批量 | 正则
        | 编译器 | 解释器 | 堆和栈 | 队列 | 哈希 | 二叉树 | 冒泡排序 | 二分查找 | 动态规划 | 时间复杂度 | 空指针
        | 越界 | 断点 | 控制台 | 超时怎么办 | 请求超时 | 写个程序 | 写个工具 | 写一个函数 | 写一段 python | 网站打不开
        | 服务器上 | 数据表 | 插件 | 源码 | 开源 | 报错信息 | 报了 | 抛出 | 异常 | 关键字 | 远程分支 | 本地分支 | 备份
        | 的脚本 | 个脚本 | 闪退 | 崩溃 | 扩展程序 | 浏览器插件 | 下拉菜单 | 嵌套循环 | 什么命令 | 用什么命令
        | 异步函数 | 同步和异步 | 优化性能 | 太慢怎么优化 | 列出打开 | 对象数组 | 回文 | 遍历 | 判断字符串
        """,
    },
    "japanese": {
        ("code", 2.5): """
        読み込んで | 列ごと | 取り消す | コミット | プッシュ | ブランチ | マージ | ブラウザで | ブラウザ | テトリス
        | ヘビゲーム | 簡単なゲーム | ゲームを作 | undefined | 重複した | 連結リスト | タプル | 辞書型 | オブジェクト
        | 非同期 | コールバック | プロセスとスレッド | プロセス | メモリ | メモリリーク | ポート | 環境変数 | ログ
        | ターミナル | 白い画面 | 画面が真っ白 | デプロイ | ビルド | 主キー | 外部キー | インデックス
        | スプレッドシート | セル | 数式 | ソート | 二分探索 | 動的計画 | 計算量 | ヌル | 型エラー | デバッガ
        | コンソール | ボット | bot | 自動化 | 一括 | プラグイン | 拡張機能 | ソースコード | レイアウトが崩
        | 表示されない | 動かない | 動きません | 起動しない | 依存関係 | バージョン管理 | テストコード | パース
        | apiを | api | 認証 | フォームが | 送信されない | キャッシュ | サイトが | するキーワード | リモートブランチ
        | シェルスクリプト | バックアップを消 | 崩れます | 崩れる | クラッシュ | イメージが | 拡張機能を | ネストした
        | コマンドは | 非同期関数 | 一覧する | 点滅 | 並べ替え | 並び替え | 判定する | 回文か
        """,
    },
    "russian": {
        ("code", 2.5): """
        в линуксе | линукс* | на линукс* | кортеж | телеграм бот* | телеграм бота | чат бот* | бот который
        | бота который | деплоя | деплой | деплое | белый экран | змейку | змейка на | тетрис | крестики нолики
        | игру на | игра на | в браузере | браузер* | в консоли | в терминале | командной строк* | порт занят
        | процесс и поток | поток и процесс | поток выполнения | потоки выполнения | многопоточн* | асинхронн*
        | утечка памяти | утечку памяти | утечки памяти | память переполн* | переменная окружения
        | переменную окружения | логи | логах | первичный ключ | внешний ключ | индекс в | дубликат*
        | повторяющиеся строк* | словарь в | словарь по | отсортировать словарь | список от | декоратор*
        | генераторы в | исключени* | стектрейс | дебаг* | дебажить | коммит* | пуш | запушил* | ветк* | мерж*
        | мердж* | конфликт слияния | ребейз* | откатить | мой сайт | моя страница | мой скрипт | моя функция
        | мой запрос | моя программа | мой цикл | мой сервер | моя база | мой контейнер | мой билд | мое приложение
        | этот скрипт | эта функция | этот запрос | эта ошибка | эту ошибку | в экселе | в excel | гугл таблиц*
        | ячейк* | формула в | формулу в | парсер* | парсить | спарсить | скрейп* | автоматизир* | верстк* | сверста*
        | вёрстк* | фреймворк* | библиотека для | библиотеку для | пайтон* | питон* | джаваскрипт | жабаскрипт | джав*
        | плюсах | напиши скрипт | напиши программу | напиши функцию | ключевое слово | ключевого слова
        | удаленную ветку | удалить ветку | локальную ветку | докер* | регулярк* | регулярное | расширение для
        | вылетает | падает с | крашится | вложенный цикл* | вложенные цикл* | какой командой | какая команда
        | команда для | асинхронная функция | синхронн* | светодиод* | мигает | отсортир* | переменные окружения
        | палиндром* | строку в | перебрать | развернуть строку
        """,
        ("artefact", 1.5): "игру | игра | бот* | плагин* | расширени* | форма | форму | макрос* | сервис",
    },
}
