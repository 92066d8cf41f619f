"""Cues for what is invented, beyond the plain names of its forms: minor forms, figures, voices, verbs."""

from providers.dispatch.intents.lexicon import Table

INVENTION: dict[str, Table] = {
    "english": {
        ("verse", 2): """
        couplet | couplets | quatrain | stanzas | shanty | shanties | elegy | epic | ditty | doggerel | sestina
        | tanka | microfiction | flash fiction | vignette | short fiction | creepypasta | bedtime tale | ghost tale
        | catchphrase | catchphrases | catch phrase | punchline | punchlines | one liners | zinger | zingers | quip
        | quips | knock knock | yo mama | spoonerism | pangram | mnemonic rhyme | prophecy | incantation | villains
        | superhero name | superheroes | alter ego | sidekick | monster | creature | new planet | new holiday
        | made up | imaginary | fake news story | mock news | mock review | spoof | conspiracy theory | cover story
        | cold open | teaser | voice over for a | blurb | cliche | pep talk | hype speech | funeral speech
        | maid of honor | maid of honour | best man | father of the bride | opening scene | final scene | fight scene
        | love scene | chorus | bridge and chorus | musical number | jingles | chants | rhyming | fairytale
        | fairytales | trilogy | spin off | reboot | pastiche | mash up | crossover | soap opera | telenovela
        | fortune cookie | fortune cookies | horoscope | love note | valentine | valentines | secret santa poem
        | christmas cracker | easter egg hunt clues | treasure hunt clues | scavenger hunt clues | treasure hunt
        | band called | tagline for | bedtime rhyme | subplot | worldbuilding | world building | magic system | lore
        | quest | quests | npc | npcs | tabletop | d d | dnd | rpg | larp | screenwriter | board game about
        | card game about | acrostics | back story | origin myth | mascot | bedtime saga
        """,
        ("creative", 2.5): """
        sea shanty | told by | narrated by | name my | names my | what should i name | what should i call my
        | what could i call my | what shall we call | give me a pun | puns about | make me laugh | cheer me up with
        | crack a joke | a good pun | dream up | conjure up | spin a yarn | spin me | write like | riff on
        | in limericks | talk like a | speak like a | answer as | respond as a | be my dungeon | you are a wizard
        | you re a pirate | in the form of a poem | as a poem | as a haiku | as a limerick | as a song | as a rap
        | as a fairy tale | as a ballad | as a sonnet | into a poem | into a song | into a rap | into a story
        | into verse | in verse | in iambic | punny name | funny name | catchy name | cool name | names for my
        | name for my | come up with names | come up with a name | finish the story | finish my story
        | continue the story | last line of | first line of a | opening sentence of a | a day in the life of
        | the diary of a | diary of | tell the story of a | sound like a | can you rap | rap about | sing about
        | letter from santa | letter to santa | letter from the | motto for | for my setting | like a pirate
        | imagine a | imagine the | imagine how a | imagine our | roast my | an ode to | ode to | an acrostic
        | acrostic for | vows for | act as a | you are now a | play the part
        """,
        ("make", 1): """
        go | please | we need | we d like | could i have | can you do | do a | do me a | give my | give it | give him
        | give her | describe a | put | let | need a | need an | want a | whip up | rustle up | knock up | brainstorm
        """,
    },
    "german": {
        ("verse", 2): """
        zweizeiler | vierzeiler | strophe | strophen | refrain | elegie | hymne | epos | minnesang | knittelvers*
        | shanty | kinderreim | abzählreim | schüttelreim* | bauernregel* | sinnspruch | spruch | sprüche | pointe
        | wortspiel | wortspiele | kalauer | flachwitz* | gag | gags | heldin | superheld* | bösewicht* | schurke*
        | antiheld* | hintergrundgeschichte | fabelwesen | fantasiewelt | fantasywelt | planeten aus | mythos | saga
        | spukgeschichte | schauergeschichte | gespenstergeschichte | liebesgeschichte | weihnachtsgeschichte | sci fi
        | science fiction | thriller | komödie | tragödie | kurzfilm | drehbuchszene | laudatio | abschiedsrede
        | geburtstagsrede | festrede | dankesrede | stegreif | rap | raptext | schlager | schlagertext | liebesgedicht
        | liebeserklärung | tagebuch | glosse | verschwörungstheorie | ausrede | ausreden | rätselreim | schnitzeljagd
        | schatzsuche | zauberspruch | prophezeiung | horoskop | glückskeks* | künstlernamen | fantasienamen
        | vereinsnamen | buchtitel | klappentext | erzähler | *vers | *zauber | *held | *drama | *komödie | *satire
        | *spiel für die feier | *song | *hymne | *strophe | *witze | *gedichte | *geschichten | *sprüche | *reime
        | akrostichon | brettspiel* | ode | hymne an | maskottchen | kartenspiel über | kurzer sketch
        """,
        ("creative", 2.5): """
        in versen | als gedicht | als märchen | als lied | als rap | als ballade | in gedichtform | berichtet aus
        | aus seinem leben | von seinem leben | aus ihrem leben | aus sicht | aus der ich perspektive | erzählt von
        | erzählt aus | im tonfall | im ton von | wie shakespeare | wie goethe | was wäre wenn tiere
        | bring mich zum lachen | etwas witziges | könnte unser verein heißen | wie soll ich meine | wie nenne ich
        | wie könnte mein | wie könnte unser | was wäre ein lustiger name | lustigen namen | führ die geschichte
        | erzähle weiter | erzähl weiter | schreib weiter | was würde ein | was denkt ein | was würde mein
        | ein tag im leben | den tag eines | das leben eines | eine ballade | ein gedicht | tagebuch eines
        | absurde sportart*
        """,
        ("make", 1): """
        denkt euch | lass | lasst | bitte | such mir | finde einen namen | bastel | zauber | erdenk* | ersinn* | reim
        | reime mir | beschreib | beschreibe | wir brauchen | wir suchen | ich suche | schreibt
        """,
        ("creative", 2): "spiel einen | spiel eine | spiele einen | spiele eine | spiel den | spiel die | schlüpf in",
    },
    "french": {
        ("verse", 2): """
        quatrains | strophe | strophes | refrain | élégie | hymne | chant de marin | contine | ritournelle
        | alexandrin | alexandrins | micro nouvelle | nouvelles de science fiction | récits | histoires | contes
        | fables | chansons | blague nulle | vanne | vannes | calembour | calembours | chute drôle | chute pour | gag
        | gags | héros | héroïne | super héros | méchant | univers | monde imaginaire | créature | planète imaginaire
        | mythe | saga | histoire d horreur | histoire de fantômes | histoire d amour | histoire de noël | film noir
        | court métrage | discours de départ | éloge | éloge funèbre | rap | slam | déclaration d amour | mot doux
        | mots doux | journal intime | théorie du complot | excuse bidon | chasse au trésor | formule magique
        | sortilège | malédiction | prophétie | horoscope | nom d équipe | nom de scène | pseudo | pseudos
        | titre pour mon | titre de roman | quatrième de couverture | prologue | épilogue | tirade | réplique
        | répliques | pastiche | jeu de société | mascotte | jeu de cartes
        """,
        ("creative", 2.5): """
        fais parler | faites parler | fais dialoguer | raconté par | racontée par | racontez du point | vu par
        | en vers | en alexandrins | en poème | en chanson | sous forme de poème | comme si tu étais
        | comme si j étais | fais moi rire | fais nous rire | un nom rigolo | un nom drôle | imagine un | imagine une
        | imagine la | imagine le | imagine que | imagine l | imagine comment | quel nom donner | quel nom pour
        | comment appeler mon | comment appeler ma | comment appeler notre | continue l histoire
        | la suite de l histoire | invente moi | si les animaux | raconte la journée | raconte la vie
        | raconte le quotidien | une journée dans la vie | que penserait | journal intime d | journal d un | un nom de
        | nom de podcast
        """,
        ("make", 1): """
        fais moi | fais nous | il me faut | il nous faut | on cherche | on aimerait | s il te plaît | écris moi
        | ponds
        """,
        ("creative", 2): "joue un | joue une | joue le",
    },
    "spanish": {
        ("verse", 2): """
        copla* | coplilla* | verso | versitos | versillos | poemita | poemario | cuartetas | estribillo | elegía | oda
        | epopeya | romance | microrrelatos | microcuentos | cuentito | cuentecito | historieta | historia de miedo
        | historia de fantasmas | historias | leyendas | fábulas | mito | saga | héroe | heroína | superhéroe*
        | villano* | antagonista | criatura | mundo imaginario | planeta imaginario | hechizo | maldición | profecía
        | horóscopo | teoría de la conspiración | excusa | excusas | gag | gags | remate | chistecito | broma | bromas
        | frase graciosa | pie de foto gracioso | discurso de boda | discurso de despedida | elogio fúnebre | pregones
        | felicitación | felicitaciones | dedicatoria | declaración de amor | diario íntimo | corrido | chirigota
        | saeta | jota | guion de | cortometraje | telenovela | culebrón | búsqueda del tesoro | gymkana
        | nombre para mi | nombre artístico | título para mi | lema para | sinopsis | prólogo | epílogo
        | final alternativo | reyes magos | ratoncito pérez | papá noel | acróstico | juego de mesa | mascota para
        | oda a
        """,
        ("creative", 2.5): """
        en verso | en plan | haz hablar | en primera persona como | contado por | narrado por | narrada por
        | visto por | como si fueras | como si fuera | como si fuese | en forma de poema | hazme reír | algo divertido
        | ponle nombre | ponle un nombre | un nombre gracioso | un nombre divertido | qué nombre le pongo
        | cómo llamo a mi | cómo podría llamar | nombre a mi | continúa la historia | sigue la historia | imagina un
        | imagina una | imagina que | cómo sería el mundo | si los animales | desde la perspectiva | cuéntame el día
        | cuenta el día | un día en la vida | cuenta la vida de | qué pensaría | diario de un | diario de una
        | un nombre original | un nombre creativo
        """,
        ("make", 1): """
        ponme | búscame un nombre | necesitamos | cuéntanos | invéntame | escríbenos | déjame | haznos | por favor
        """,
        ("creative", 2): "haz de | actúa de | haz el papel",
    },
    "portuguese": {
        ("verse", 2): """
        versinho* | verso | poeminha | poeminho | quadrinhas | trova | trovas | refrão | elegia | ode | epopeia | fado
        | repente | embolada | pagode | funk | microconto | microcontos | continho | historinha | histórias | lendas
        | fábulas | mito | saga | herói | heroína | super herói* | vilão | vilã | criatura | mundo imaginário
        | planeta imaginário | feitiço | maldição | profecia | horóscopo | teoria da conspiração | desculpa
        | desculpas | gag | piadinha | piadinhas | bordão | zoeira | legenda engraçada | discurso de casamento
        | discurso de formatura | discurso de despedida | elogio fúnebre | dedicatória | declaração de amor | diário
        | roteiro de | curta metragem | caça ao tesouro | nome artístico | título para meu | título para o meu
        | sinopse | prólogo | epílogo | final alternativo | rpg | acróstico | jogo de tabuleiro | mascote | estrofes
        | oda | ode à
        """,
        ("creative", 2.5): """
        em verso | em versos | faz falar | faça falar | contado por | contada por | narrado por | narrada por
        | como se fosse | como se você fosse | em forma de poema | me faz rir | me faça rir | algo divertido
        | um nome engraçado | nome pro meu | nome pra minha | nome para meu | nome para minha | que nome dou
        | como chamo meu | continue a história | continua a história | imagine um | imagine uma | imagina um
        | imagina uma | imagina que | bem poética | bem poético | se os animais | como seria o mundo | conta o dia
        | conte o dia | um dia na vida | conta a vida de | o que pensaria | diário de um | diário de uma
        | um nome criativo | um nome original
        """,
        ("make", 1): """
        me faça | me crie | bola | bole | me ajuda a criar | me arruma | precisamos | me inventa | por favor
        """,
        ("creative", 2): "finge que és | finge ser | atue como um",
    },
    "italian": {
        ("verse", 2): """
        filastrocche | ritornello | elegia | ode | epopea | sonetti | canzoncina | poesiola | poesiole | strofe
        | raccontino | storiella | storielle | storie | leggende | favole | fiabe | mito | miti | saga | eroe | eroina
        | supereroe | supereroi | antagonista | creatura | mondo immaginario | pianeta immaginario | incantesimo
        | maledizione | profezia | oroscopo | teoria del complotto | scusa divertente | scusa assurda | battute
        | freddura | freddure | gag | tormentone | discorso di nozze | discorso di addio | elogio funebre | dedica
        | dichiarazione d amore | diario segreto | copione | cortometraggio | telenovela | caccia al tesoro
        | nome d arte | titolo per il mio | sinossi | prologo | epilogo | finale alternativo | dio minore
        | indovinelli | pensierino | pensiero per | acrostico | gioco da tavolo | mascotte | ode all
        """,
        ("creative", 2.5): """
        in versi | fai parlare | fa parlare | in prima persona | raccontato da | raccontata da | narrato da | visto da
        | vista da | come se fossi | come se fosse | in forma di poesia | fammi ridere | qualcosa di buffo
        | un nome buffo | un nome divertente | un titolo ironico | un nome simpatico | che nome do
        | come chiamo il mio | come chiamare il | come potremmo chiamare | nome per il mio | nome per la mia
        | continua la storia | immagina un | immagina una | immagina che | immagina il | raccontane | se gli animali
        | racconta la giornata | racconta il giorno | una giornata nella vita | racconta la vita | cosa penserebbe
        | diario di un | diario di una | storia della buonanotte | favola della buonanotte | un nome originale
        | un nome creativo
        """,
        ("make", 1): """
        mi serve | ci serve | mi servono | servirebbe | inventane | inventaci | facci | raccontaci | per favore
        | mi fai
        """,
        ("creative", 2): "fai il | fai la parte | fai finta",
    },
    "chinese": {
        ("verse", 2): """
        微小说 | 短文 | 散文诗 | 现代诗 | 古诗 | 词一首 | 五言 | 七言 | 藏头诗 | rap | 说唱 | 出场白 | 开场白 | 主持词
        | 结婚誓词 | 悼词 | 致辞 | 贺词 | 祝词 | 标语 | 文案 | 网名 | 微信名 | 英文名 | 艺名 | 书名 | 反派 | 英雄
        | 人物设定 | 世界观 | 魔法 | 咒语 | 预言 | 传说 | 神话 | 童话故事 | 恐怖故事 | 爱情故事 | 科幻版 | 武侠 | 仙侠
        | 玄幻 | 穿越 | 同人文 | 番外 | 结局 | 脑洞 | 借口 | 土味情话 | 情话 | 谐音梗 | 吐槽 | 日记 | 贺年 | 拜年
        | 春联 | 喜剧 | 话剧 | 悬疑剧 | 编剧 | 情景剧 | 桌游 | 吉祥物 | 藏头 | 颂歌
        """,
        ("creative", 2.5): """
        口吻 | 语气写 | 的视角 | 第一人称 | 拟人 | 为题写 | 想象一下 | 想象一个 | 改成诗 | 改写成 | 的风格 | 风格写
        | 接着写 | 续写 | 后续故事 | 编一段 | 编个 | 编一个 | 虚构 | 角色扮演 | 讲个故事 | 讲一个 | 逗我笑 | 起个名
        | 取个名 | 起名字 | 写一段 | 版的 | 改成 | 写首 | 写一封情书 | 创作一 | 想五个 | 想三个 | 想十个 | 想一些
        | 的一天写 | 以第一人称 | 自述
        """,
        ("make", 1): "来 | 改成 | 发明 | 想象 | 想出",
    },
    "japanese": {
        ("verse", 2): """
        お話 | おはなし | ストーリー | 短編 | ショートショート | 掌編 | 長編 | 連歌 | 狂歌 | ラップ | 校歌 | 応援歌
        | 祝辞 | 弔辞 | 送辞 | 答辞 | 乾杯の音頭 | 挨拶文句 | 決めゼリフ | 必殺技 | 技名 | 主人公 | 悪役 | ヒーロー
        | ヒロイン | キャラクター | キャラ設定 | 世界観 | 設定を考え | 魔法 | 呪文 | 予言 | 伝説 | 神話 | おとぎ話
        | 恐怖体験 | ホラー | ファンタジー | ラブストーリー | 推理小説 | 探偵もの | 二次創作 | 結末 | 言い訳 | 大喜利
        | ギャグ | 一発芸 | だじゃれ | 名前の候補 | ネーミング | ペンネーム | 芸名 | ユニット名 | バンド名
        | グループ名 | 日記風 | 標語 | 広告コピー | コピーを考え | キャッチフレーズ | 占い | 辞世の句 | 都々逸
        | アクロスティック | あいうえお作文 | 紙芝居 | 人形劇 | 寸劇 | ドラマ | ボードゲーム | マスコット | 折句
        | の詩 | る詩 | 賛歌
        """,
        ("creative", 2.5): """
        の視点 | 目線で | の気持ちで | の立場で語 | 一人称 | 口調で | 風の文 | 風にして | 風の | 擬人化 | 語り直
        | 語って | 名前を | 続きを | 物語を | 話を作 | 話を書 | 想像上の | 架空の | もしも動物 | になって | 笑わせて
        | 考えてみて | として話し | として振る舞
        """,
        ("make", 1): """
        欲しい | ほしい | つけて | 語って | 語り | 詠め | 書け | 作れ | 創って | 頼む | 頂戴 | ちょうだい | にして
        | 三つ | 五つ | 一句 | 一首 | 書く | 考案して | 捧げる | お話をして | して
        """,
    },
    "russian": {
        ("verse", 2): """
        двустиши* | поэм* | баллад* | элеги* | ода | оду | романс* | строф* | припев* | стихотвор* | стишочек
        | считалк* | дразнилк* | прибаутк* | тостик | миниатюр* | зарисовк* | ужастик* | страшилк* | страшная истори*
        | страшную истори* | былин* | предани* | миф | мифы | притч* | фельетон* | эпиграмм* | афоризм* | прикол*
        | поздравлен* | признание в любви | признания в любви | любовное письмо | дневник от | надгробн*
        | некролог шуточ* | клятв* | заклинани* | проклять* | пророчеств* | гороскоп* | теория заговора
        | теорию заговора | отмазк* | отговорк* | герой | героя | героин* | супергеро* | злодей | злодея | злоде*
        | персонаж | вымышленн* | мир для | вселенная для | вселенную для | квест* | ролевк* | сюжет | пролог | эпилог
        | аннотацию к роману | аннотация к роману | концовк* | финал рассказа | имя коту | имя собаке | никнейм*
        | ник для | псевдоним* | девиз* | кричалк* | сценк* | капустник* | реприз* | акростих | настольная игра
        | настольную игру | настольной игры | талисман | строфы
        """,
        ("creative", 2.5): """
        от лица | от имени кота | глазами | с точки зрения кота | в духе | в манере | стихами | четверостишием
        | рассмеши | как бы | представь себе мир | вообрази | как назвать кота | как назвать моего | как назвать мою
        | как назвать нашу | смешное имя | имя для моего | продолжи рассказ | продолжи историю | если бы животные
        | расскажи историю | один день из жизни | день из жизни | что подумал бы | дневник
        """,
        ("make", 1): """
        поздравь | пожалуйста | перескажи | перепиши | опиши | изобрази | нужны | хочется | давай | придумать
        | сочинить
        """,
        ("creative", 2): "сыграй | изобрази",
    },
}
