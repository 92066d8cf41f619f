"""Cues for the tone, the figures and the occasions of inventions: "silly", "dragon", "birthday".

`playful` says nothing by itself: with a wish to have something made it makes that thing an invention.
"""

from providers.dispatch.intents.lexicon import Table

TONES: dict[str, Table] = {
    "english": {
        ("playful", 2): """
        silly | cheeky | funny | hilarious | humorous | witty | eerie | spooky | creepy | whimsical | absurd
        | ridiculous | goofy | quirky | sarcastic | ironic | snarky | sassy | playful | punny | corny | cheesy
        | melodramatic | dramatic | theatrical | poetic | lyrical | dreamy | magical | enchanted | haunted | gothic
        | noir | steampunk | cyberpunk | surreal | fantastical | tragic | heartwarming | tear jerking | over the top
        | tongue in cheek | mischievous | outrageous | scary | dragon | dragons | wizard | wizards | witch | witches
        | unicorn | unicorns | mermaid | pirate | pirates | knight | zombie | zombies | vampires | werewolf | ghost
        | ghosts | alien | aliens | robot who | elf | elves | goblin | goblins | fairy | fairies | sorcerer
        | barbarian | bard | gnome | ogre | time traveller | time traveler | spaceship | astronaut | astronauts
        | talking | who falls in love | who discovers | who wakes up | who finds | who can t | that talks
        | that can talk | that comes alive | set in | from the point of view | as if it were | as if he were
        | as if she were | as if they were | as if for | as if you | as though | in the manner of | in the tone of
        | in shakespearean | shakespearean | like shakespeare | like hemingway | in old english | in pirate
        | as an old sailor | wedding anniversary | golden wedding | retirement party | leaving do | hen party
        | stag do | baby shower | birthday | anniversary | haunting | vivid | 100 word | 50 word | six word
        | two sentence horror
        """,
    },
    "german": {
        ("playful", 2): """
        lustig | lustige | lustiges | lustiger | witzig* | komisch* | frech* | albern* | schräg* | skurril* | absurd*
        | humorvoll* | ironisch* | sarkastisch* | augenzwinkernd* | gruselig* | unheimlich* | schaurig* | dramatisch*
        | tragisch* | poetisch* | romantisch* | verträumt* | fantastisch* | märchenhaft* | kitschig* | herzerwärmend*
        | rührend* | originell* | drache | drachen | zauberer | hexe | einhorn | meerjungfrau | pirat | piraten
        | ritter | zombie* | vampir* | werwolf | gespenst* | alien* | außerirdisch* | roboter der | elfe | elfen
        | kobold* | zwerg* | detektiv* | raumschiff | astronaut* | der sprechen kann | die sprechen kann | polterabend
        | hochzeit | goldene hochzeit | geburtstag | ruhestand | jubiläum | taufe | junggesell* | abschied von
        | faschin* | karneval
        """,
    },
    "french": {
        ("playful", 2): """
        drôle | drôles | rigolo* | marrant* | amusant* | comique* | humoristique* | loufoque* | absurde* | décalé*
        | farfelu* | ironique* | sarcastique* | effrayant* | inquiétant* | dramatique* | tragique* | romantique*
        | féerique* | fantastique* | magique* | espiègle* | coquin* | tendre | émouvant* | dragon | dragons | sorcier*
        | sorcière* | licorne* | sirène | pirate* | chevalier* | zombie* | vampire* | loup garou | fantôme*
        | extraterrestre* | robot qui | elfe* | lutin* | fées | ogre | géant | détective* | vaisseau spatial
        | astronaute* | marin | qui parle | mariage | anniversaire | retraite | départ de | baptême | pot de départ
        | noces d or | noël
        """,
    },
    "spanish": {
        ("playful", 2): """
        gracios* | divertid* | chistos* | cómic* | absurd* | surrealista* | disparatad* | irónic* | sarcástic*
        | pícar* | terrorífic* | de terror | de miedo | tenebros* | dramátic* | trágic* | romántic* | mágic*
        | fantástic* | emotiv* | tiern* | ingenios* | ocurrent* | dragón | dragones | mago | maga | bruja | brujas
        | unicornio* | sirena* | pirata* | zombi* | vampir* | hombre lobo | fantasma* | extraterrestre* | marcian*
        | robot que | duende* | hada | hadas | ogro | detective* | nave espacial | astronauta* | que habla | boda
        | cumpleaños | jubilación | despedida de | bautizo | bodas de oro
        """,
    },
    "portuguese": {
        ("playful", 2): """
        engraçad* | divertid* | hilári* | cômic* | bem humorad* | absurd* | surreal | irônic* | sarcástic* | maluc*
        | assustador* | de terror | sombri* | dramátic* | trágic* | romântic* | poétic* | mágic* | fantástic* | fof*
        | emocionante | criativ* | dragão | dragões | mago | bruxa | bruxas | unicórnio* | sereia* | pirata* | zumbi*
        | vampir* | lobisomem | fantasma* | alienígena* | extraterrestre* | robô que | duende* | fada | fadas | ogro
        | detetive* | nave espacial | astronauta* | que fala | aniversário | aposentadoria | chá de bebê
        | chá de panela | formatura | batizado | bodas | conversa entre
        """,
    },
    "italian": {
        ("playful", 2): """
        divertent* | buff* | spiritos* | comic* | simpatic* | assurd* | surreal* | ironic* | sarcastic* | spaventos*
        | inquietant* | dell orrore | di paura | drammatic* | tragic* | romantic* | magic* | fantastic* | fantasios*
        | commovent* | teneramente | drago | draghi | mago | strega | streghe | unicorno | sirena | pirata | pirati
        | cavaliere | zombie | vampir* | lupo mannaro | fantasma | fantasmi | alieno | alieni | extraterrestr*
        | robot che | elfo | elfi | folletto | folletti | orco | astronave | astronaut* | che parla | matrimonio
        | compleanno | pensione di | laurea | battesimo | nozze d oro | nozze | addio al
        """,
    },
    "chinese": {
        ("playful", 2): """
        搞笑 | 幽默 | 俏皮 | 有趣 | 好玩 | 荒诞 | 恐怖 | 浪漫 | 感人 | 文艺 | 诗意 | 龙 | 魔法师 | 女巫 | 僵尸 | 鬼
        | 外星人 | 机器人 | 侦探 | 宇航员 | 海盗 | 生日 | 婚礼 | 退休 | 为题
        """,
    },
    "japanese": {
        ("playful", 2): """
        面白い | 笑える | おもしろい | ユーモア | 可笑し | 怖い | 不思議な | 幻想的 | 感動的 | ロマンチック | 切ない
        | 詩的 | 魔女 | 魔法使い | ドラゴン | 幽霊 | 妖怪 | 宇宙人 | ロボット | 忍者 | 侍 | 探偵 | 海賊 | 結婚式
        | 誕生日 | 還暦 | 退職
        """,
    },
    "russian": {
        ("playful", 2): """
        смешн* | весел* | забавн* | шуточн* | прикольн* | юмор* | остроумн* | абсурдн* | нелеп* | ироничн*
        | саркастич* | страшн* | жутк* | мрачн* | драматич* | трагич* | романтич* | волшебн* | сказочн* | трогательн*
        | поэтичн* | оригинальн* | дракон* | волшебник* | ведьм* | единорог* | русалк* | пират* | рыцар* | зомби
        | вампир* | оборот* | призрак* | привидени* | инопланетян* | робот который | эльф* | гном* | фея | тролль
        | великан* | детектив | космонавт* | космический корабл* | космическом корабл* | говорящ* | свадьб*
        | день рождения | днем рождения | юбиле* | выход на пенсию | корпоратив*
        """,
    },
}
