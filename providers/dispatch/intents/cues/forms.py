"""Cues for how people ask and answer: why and how, what is short, who speaks; small talk in all its forms."""

from providers.dispatch.intents.lexicon import Table

FORMS: dict[str, Table] = {
    "english": {
        ("why", 1): """
        why | why are | why is | why do | why does | why did | how come | explain | how do | how does | what makes
        | what made | what causes | teach me | help me understand | tell me how | describe how
        """,
        ("letter", 2): """
        tips | tips for | advice | advice on | advice for | suggestions | overview of | explanation | explanation of
        | pros | steps for | note to | text to my | message to my | a note | formal | notice | obituary | memo to
        | agenda for | feedback on | testimonial | faq | meeting notes | to do list | shopping list | reading list
        | gift ideas | questions to ask | interview questions | quiz questions | discussion questions | slides
        | talking points | elevator pitch | mission statement | policy
        """,
        ("small", 3): """
        what do you call a | what do you call an | how do i spell | do you spell | good afternoon | have a good
        | take care | talk later | talk soon | catch you later | see ya | cya | no worries | no problem | my bad
        | you too | well done | much appreciated | appreciate it | thank u | thanks a | plural for | female of
        | male of | another word for | abbreviation for | what does it stand | how many minutes | how many seconds
        | how many hours | how many weeks | how many months | how many inches | how many feet | how many cm
        | how many ml | how many strings | how many sides | how many players | how many letters | how many bones
        | how many planets | how many states | roman numeral | in roman numerals | in celsius | in fahrenheit
        | in kilometres | in kilometers | in miles | is a fish | a mammal | a fruit | a vegetable | a planet
        | or a fruit | freezing point | smallest country | biggest country | tallest mountain | longest river
        | what continent | which continent | what currency | what s the currency | what is the currency
        | national animal | national anthem of | what s your favourite | what s your favorite | are you a robot
        | are you human | are you there | can you hear me | tell me a fun fact | how do you pronounce
        | how is it pronounced | how long is a | can penguins | biggest desert | largest desert | smallest planet
        | first woman in | first man in | cubed | squared | rhymes with | rhyme with | what rhymes | s best friend
        | deepest ocean | is the deepest | that s all for now | that s all
        """,
        ("small", 2): """
        yo | heya | hiya | howdy | sup | morning | evening | greetings | gm | gn | yup | yeah | nah | haha | hahaha
        | lmao | good one | alright | understood | roger | brilliant | wonderful | lovely | amazing | fantastic
        | excellent | fair enough | will do | no thx | k | kk | wow | oops | sorry | welcome | goodbye | later
        """,
        ("self", 1): "i ve | i d | i ll | mine | myself | ours",
        ("work", 1): """
        what would be | what s it like | what is it like | what s life like | what would make | would be a nice
        | would be a good | how can i encourage | let it go | say something or | how do people choose | look for in
        | etiquette | etiquette for | is it rude | what should i say to | what to say to | how would you explain
        | polite text | stages of | upside | downside | upsides | recipe | recipe for | useful for | good for
        | is it worth | worth learning | worth reading
        """,
        ("names", 1): "the keyword",
        ("settled", 1): "when | mean | means | which",
        ("how", 1): "how did | how can | how to | how could",
    },
    "german": {
        ("why", 1): """
        warum | wieso | weshalb | erklär* | wie funktioniert | wie kommt es | wie entsteh* | wie kann man
        | wie macht man | wie lern* | wie geht das | wie geht man | wie läuft eine | erzähl mir wie | woher kommt es
        | was bewirkt | was macht ein
        """,
        ("letter", 2): """
        tipps | ratschläge | rat zu | überblick | übersicht | erklärung | absage | zusage | nachricht an | notiz
        | aushang | anzeige | inserat | stichworte | fragen für | gliederung für | formular für
        """,
        ("small", 3): """
        danke dir | danke schön | herzlichen dank | schönes wochenende | schönen abend | bis dann | bis morgen
        | mach s gut | kein problem | alles gut | passt so | perfekt danke | super danke | gut danke | wie viele beine
        | wie viele tage | wie viele minuten | wie viele stunden | wie viele sekunden | wie viele einwohner hatte
        | einzahl von | steigerung von | ein anderes wort | anderes wort für | synonym für | abkürzung für
        | wie lautet der plural | weibliche form | auf italienisch | auf latein | wer hat die mona | wer hat den
        | wer komponierte | welcher kontinent | auf welchem kontinent | welche währung | größer als | kleiner als
        | höher als | älter als | länger als | ein säugetier | ein fisch | ein obst | eine frucht | ein gemüse
        | wie viel gramm | wie viel meter | in metern | können | wer war die erste | wer war der erste | größte wüste
        | größte land | schnellste tier | reimt sich auf | was reimt sich | das war alles
        """,
        ("small", 2): """
        hey | huhu | grüß dich | grüß gott | na | jo | nein | jawohl | okay | ok | super | prima | toll
        | klasse gemacht | perfekt | verstanden | klar | genau | haha | hihi | ciao | merci | sorry | entschuldige
        | cool | läuft | wie lang | wie alt | wie weit | wie groß | wie hoch | wie tief | wie schwer | wie schnell
        | wie heißen | wie lautet
        """,
        ("work", 1): """
        was schenkt man | was sagt man | gehört es sich | ist es unhöflich | höflich ab | was zieht man | vorteile hat
        | nutzen | wofür ist | rezept | gut für | wirkung
        """,
        ("settled", 1): "wann | bedeutet | welche | welcher | welches",
        ("how", 1): "wie kann | wie soll* | wie mache | wie bekomm* | wie schaff* | wie | wie schreibt man",
    },
    "french": {
        ("why", 1): """
        pourquoi | explique* | comment ça marche | comment se fait il | d où vient | qu est ce qui fait
        | raconte moi comment | parle moi de
        """,
        ("letter", 2): """
        conseils | conseil | astuces pour | aperçu | explication | mot d absence | mot pour le | message à | annonce
        | petite annonce | note pour | questions pour | ordre du jour
        """,
        ("small", 3): """
        bonne soirée | bon week end | à plus | à demain | à tout à l heure | pas de souci | pas de problème
        | ça marche | très bien merci | parfait merci | merci bien | je t en prie | comment vas tu
        | comment allez vous | combien de cartes | combien de pattes | combien de minutes | combien de secondes
        | combien d heures | combien de côtés | combien d os | combien de lettres | féminin de | le féminin
        | masculin de | un autre mot | abréviation de | qui a composé | sur quel continent | quel continent
        | quelle monnaie | quelle est la monnaie | est elle un fruit | un fruit ou un | un mammifère | un poisson
        | plus grand que | plus grande que | plus haut que | en anglais | en allemand | en latin | en kilomètres
        | savent ils | peuvent ils | la première femme | le premier homme | le plus grand | la plus longue
        | le plus rapide | la longueur d un | combien de jours | qui rime avec | rime avec | c est tout merci
        | c est tout | ont ils | ont elles
        """,
        ("small", 2): """
        hello | yo | ok | super | génial | parfait | top | cool | compris | entendu | mdr | haha | nickel | bravo
        | tchao | bye | désolé | pardon | ça roule
        """,
        ("fact", 1): """
        est elle un | est elle une | est il un | est il une | est elle | est il | y a t il | quel | quelle
        """,
        ("names", 1): "le mot clé",
        ("work", 1): """
        qu offrir | que dire à | est ce impoli | est il impoli | que porter | sms poli | bienfaits | bienfait
        | recette | utilité | vertus
        """,
        ("settled", 1): "quand | veut dire | signifie | quel | quelle",
        ("how", 1): "comment",
        ("ask", 1): "qu | qu est ce qui",
    },
    "spanish": {
        ("why", 1): """
        por qué | explica* | explícame | cómo funciona | a qué se debe | de dónde viene | en qué consist*
        | cuéntame cómo funciona | háblame de
        """,
        ("letter", 2): """
        consejos | consejo | trucos para | resumen de | explicación | nota para | mensaje para | mensaje a | anuncio
        | aviso | justificante | preguntas para | orden del día
        """,
        ("small", 3): """
        buen fin de semana | nos vemos | hasta mañana | hasta pronto | no hay problema | no pasa nada | todo bien
        | muy bien gracias | perfecto gracias | mil gracias | de acuerdo | un placer | cuántos lados | cuántas patas
        | cuántos minutos | cuántos segundos | cuántas horas | cuántos días | cuántos huesos | cuántas letras
        | femenino de | masculino de | singular de | antónimo de | otra palabra para | abreviatura de | qué siglas
        | quién compuso | de qué país es | en qué continente | qué moneda | cuál es la moneda | es un mamífero
        | es una fruta | es un pez | más grande que | más alto que | en alemán | en italiano | en latín
        | en kilómetros | buenas | la primera mujer | el primer hombre | más grande | más rápido | más largo
        | qué rima con | rima con | eso es todo
        """,
        ("small", 2): """
        hey | ok | genial | perfecto | estupendo | guay | claro | jaja | jajaja* | buenísimo | chao | chau | bien
        | perdón | dale | venga | listo
        """,
        ("self", 1): "quiero | tengo | estoy | necesito | puedo | debo | soy | he | voy | quisiera | empiezo | hago",
        ("fact", 1): "es el | es la | es más | son | qué elemento | qué",
        ("names", 1): "la palabra clave | palabra clave",
        ("work", 1): """
        qué se regala | qué regalar | es de mala educación | qué decir | qué me pongo | mensaje educado | beneficios
        | beneficio | receta | sirve el yoga | utilidad | propiedades
        """,
        ("settled", 1): "cuándo | significa | cuál | qué elemento",
        ("how", 1): "cómo | por dónde empiezo",
    },
    "portuguese": {
        ("why", 1): """
        por que | porque | por quê | explique | explica* | como funciona | a que se deve | de onde vem
        | em que consiste | me fale sobre | fale sobre
        """,
        ("letter", 2): """
        dicas | dicas para | conselhos | conselho | resumo de | explicação | bilhete | recado | mensagem para | aviso
        | anúncio | perguntas para | pauta
        """,
        ("small", 3): """
        bom fim de semana | até mais | até amanhã | até breve | sem problema | tudo certo | tudo ótimo
        | muito bem obrigad* | perfeito obrigad* | valeu | combinado | quantos lados | quantas patas | quantos minutos
        | quantos segundos | quantas horas | quantos dias | quantos ossos | quantas letras | feminino de
        | masculino de | singular de | o plural de | antônimo de | outra palavra para | abreviação de | quem compôs
        | de que país | em que continente | qual a moeda | qual é a moeda | é um mamífero | é uma fruta | é um peixe
        | maior que | mais alto que | em alemão | em italiano | em espanhol | em quilômetros | a primeira mulher
        | o primeiro homem | o maior | a maior | mais rápido | rima com | é só isso | é isso
        """,
        ("small", 2): """
        ei | e aí | ok | legal | ótimo | perfeito | beleza | show | massa | bacana | kkk* | rsrs | haha | desculpa
        | certo | blz | claro
        """,
        ("self", 1): "quero | tenho | estou | preciso | posso | devo | sou | vou | queria | me sinto | tô | faço | fui",
        ("fact", 1): "é o | é mais | são | qual",
        ("names", 1): "a palavra chave | palavra chave",
        ("work", 1): """
        o que dar de presente | é falta de educação | o que dizer | o que vestir | mensagem educada | benefícios
        | benefício | receita | utilidade | propriedades
        """,
        ("settled", 1): "quando | significa | qual",
        ("how", 1): "como",
        ("ask", 1): "o que",
    },
    "italian": {
        ("why", 1): """
        perché | spiega* | spiegami | come funziona | come mai | da dove viene | in che cosa consiste
        | in cosa consiste | parlami di
        """,
        ("letter", 2): """
        consigli | consigli per | consiglio | riassunto di | spiegazione | due righe | biglietto per il | messaggio a
        | messaggio per | avviso | annuncio | domande per | ordine del giorno
        """,
        ("small", 3): """
        buon fine settimana | buona serata | a dopo | a domani | ci vediamo | nessun problema | va bene | tutto ok
        | perfetto grazie | bene grazie | d accordo | quante zampe | quanti lati | quanti minuti | quanti secondi
        | quante ore | quanti giorni | quante ossa | quante lettere | femminile di | maschile di | singolare di
        | il contrario di | un altra parola per | abbreviazione di | chi ha composto | di che paese
        | in che continente | in quale continente | che moneta | qual è la moneta | è un mammifero | è un frutto
        | è un pesce | più grande di | più alto di | in tedesco | in latino | in chilometri | la prima donna
        | il primo uomo | più grande | più veloce | quanto è lunga | quanto è lungo | quanto è alta | fa rima con
        | è tutto
        """,
        ("small", 2): """
        ehi | ok | bene | perfetto | ottimo | bravo | bello | certo | figo | fantastico | ahah* | haha | scusa
        | grande | dai
        """,
        ("self", 1): "voglio | vorrei | devo | posso | sto | faccio | ho bisogno | mi sento",
        ("fact", 1): "in che | in quale | è il | è la | è più | quale",
        ("names", 1): "la parola chiave | parola chiave",
        ("work", 1): """
        cosa si regala | è maleducazione | cosa dire | cosa indossare | messaggio gentile | benefici | beneficio
        | ricetta | utilità | proprietà
        """,
        ("settled", 1): "quando | significa | quale | qual",
        ("how", 1): "come",
    },
    "chinese": {
        ("why", 1): "为什么 | 解释 | 为何 | 怎么会 | 原理是 | 讲讲 | 说说 | 是怎么 | 怎么做出",
        ("letter", 2): "建议 | 技巧 | 攻略 | 微信 | 短信 | 请假条 | 说明书 | 纪要 | 总结报告 | 提纲 | 便条",
        ("small", 3): """
        多少个 | 一打 | 是鸟吗 | 是鱼吗 | 是水果 | 是哺乳 | 在哪个洲 | 哪个洲 | 什么货币 | 复数 | 几条腿 | 几条边
        | 几个字母 | 多少分钟 | 多少秒 | 多少小时 | 谁画 | 谁写的 | 谁作的 | 拜拜 | 回头见 | 辛苦了 | 太好了 | 没问题
        | 不错 | 哈哈 | 早安 | 收到 | 嗯 | 会飞吗 | 有多长 | 有多深 | 有多宽 | 最小的 | 最快的 | 第一位 | 第一个
        | 明天见 | 好嘞 | 就这些 | 耳朵吗 | 行星吗 | 多少克
        """,
        ("small", 2): "是的 | 嗨 | 哦 | 谢了 | 棒",
        ("work", 1): "送什么好 | 睡不着 | 礼貌地 | 合适吗 | 坏处 | 食谱 | 功效",
        ("fact", 1): "吗",
        ("how", 1): "怎么办 | 如何",
    },
    "japanese": {
        ("why", 1): "なぜ | どうして | なんで | 説明 | について教え | 仕組み",
        ("letter", 2): "文面 | コツ | アドバイス | お知らせ | 議事録 | 要点 | 質問案 | 伝言 | メモ | 挨拶状",
        ("small", 3): """
        何本 | 何個 | 何匹 | 何枚 | 何歳 | 何文字 | 何分です | 何秒 | 何時間です | の反対は | 反対は | 対義語 | 類義語
        | 描いたのは | 書いたのは | 作曲した | どの大陸 | 通貨は | 魚ですか | 哺乳類 | 果物 | お疲れ | またね
        | じゃあね | ではまた | 助かりました | さすが | すごい | 元気 | よろしく | はじめまして | 読み方 | 飛べますか
        | 何キロ | 何キロメートル | 一番大き | 一番小さ | 一番速い | 最初の | また明日 | 以上です | 耳はあ | 惑星
        """,
        ("small", 2): "うん | ok | ありがと | いいね | やあ | もしもし",
        ("work", 1): "何がいい | 何を着 | 失礼ですか | 断る | 眠れません | 効果を | 効能 | レシピ | 良い点",
        ("how", 1): "どうすれば | どうやって",
    },
    "russian": {
        ("why", 1): """
        почему | зачем | объясни* | отчего | как работает | как устроен* | откуда берется | расскажи про | расскажи о
        | как составляют | как делают | как появ* | как возник* | как происход* | как образ*
        """,
        ("letter", 2): """
        советы | совет | объявлени* | записк* | сообщение для | обзор | объяснени* | вопросы для | повестк*
        | объяснительн* | доверенност*
        """,
        ("small", 3): """
        сколько ног | сколько лап | сколько минут | сколько секунд | сколько часов | сколько дней | сколько сторон
        | сколько костей | сколько букв | множественное число | единственное число | женский род
        | противоположное слово | другое слово | расшифровывается | кто сочинил | на каком континенте | какая валюта
        | это рыба | это птица | это фрукт | это ягода | это овощ | млекопитающ* | больше чем | выше чем | до завтра
        | до скорого | всего доброго | хорошего вечера | нет проблем | все хорошо | все понятно | отлично спасибо
        | благодар* | по немецки | по французски | по испански | на латыни | в километрах | как будет | какая длина
        | какой длины | самая маленькая | самый маленький | самый быстрый | первая женщина | первый человек | летают
        | есть ли у | это все
        """,
        ("small", 2): """
        ок | окей | ладно | хорошо | нет | отлично | супер | класс | круто | ага | угу | понял | поняла | спс | хаха
        | ахах* | здорово | приветик | хай | доброго | пока | прости | извини | ясно | сколько
        """,
        ("self", 1): "хочу | могу | надо | себя | мной | нас | моих | у меня",
        ("fact", 1): "это | как будет | кому | чей",
        ("work", 1): """
        посовет* | как выбрать | как выбирать | что надеть | прилично ли | невежливо ли | вежливое сообщение | польз*
        | рецепт* | вред | зачем нужн*
        """,
        ("settled", 1): "когда | означает | значит | какой | какая",
        ("how", 1): """
        как сделать | как вывести | как правильно | как выбрать | как не | как ускорить | как | чем | чем отличается
        """,
    },
}
