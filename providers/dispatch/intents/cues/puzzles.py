"""Cues for what has to be reasoned out: riddles and their props, counting, comparing costs, judging arguments."""

from providers.dispatch.intents.lexicon import Table

PUZZLES: dict[str, Table] = {
    "english": {
        ("reasoning", 2): """
        would it be cheaper | is it cheaper | work out | which is cheaper | cheaper to | cheaper overall
        | better value | better deal | more economical | pay off | payback | pays for itself | think it through
        | think this through | reason about | what s wrong with this | what is wrong with this | what s the flaw
        | is this argument | is this reasoning | is this logic | does it follow | follows that | gambler s
        | flipped heads | flip a coin | coin flips | roll two | drawn at random | randomly | marbles | balls in
        | red balls | deck of | must be true | can we conclude | can you conclude | true or false if | half as old
        | when i was | is how old | age of | fit in a | fit into a | fit inside | golf balls | piano tuners
        | order of magnitude | back of the envelope | three switches | light bulb | bulb | switches | hourglass
        | hourglasses | fuse | ropes burn | snail | climbs | wolf and | goat and | cabbage | missionaries | two doors
        | two guards | truth teller | prisoners | monty hall | in which order | which order | what order should
        | route should | find all | for every integer | for all n | for any two | consecutive | odd numbers
        | even numbers | primes | divisors | multiples of | multiple of | digits of | digit number | three digit
        | two digit | units digit | irrational | bijection | injective | converges | converge | diverge | given that
        | assume that | simplify the expression | handshakes | shakes hands | arrangements | arrange the | seat
        | anagrams | combinations | combinations of | permutations | ways can | different outfits | committees
        | tournament with | workers | pipes fill | fill the tank | fills a | downstream | upstream | overtakes
        | catch up with | leaves at | mixture | solution of acid | alloy | weighed | balance scale
        | think it over for me | argue whether | make the case for and against | which choice | which offer
        | which plan | which plan is | what do i end up with | end up with | how much will i have
        | does the conclusion | conclusion hold | pirates | who owns the | left of the | next to the | lives in the
        | worth more than | clock strikes | strikes | cancel it | day pass | better bet | the better bet | show that
        """,
    },
    "german": {
        ("reasoning", 2): """
        rechne es mir | rechne mir vor | rechnet sich | günstiger | was ist günstiger | billiger | amortisier*
        | zahlt wie viel | wer zahlt | im verhältnis | verhältnis | aufeinanderfolgend* | zeig dass | zeige
        | teilbar durch | alle bis auf | schnecke | brunnen | frosch | ziege | kohlkopf | schalter | sanduhr*
        | gefangene* | hüte | lügner | wahrheit sagt | folgt aus | welche der beiden | schlussfolger* | gültig
        | logisch gültig | stimmt diese überlegung | was ist falsch an | wo liegt der fehler | händedrücke
        | schütteln sich die hand | kombinationen | möglichkeiten gibt es | anordnungen | anagramme | ziffern
        | dreistellig* | zweistellig* | ganzzahlig* | irrational* | konvergier* | angenommen | gegeben
        | ungefähr passen | passen in | wie viele passen | pumpe* | füllen | hähne | geschwindigkeit | holt ein
        | mischung | waage | wiegt | münze* | kugeln | ziehen ohne | urne | zufällig | chancen | gleichzeitig
        | alter von | so alt wie | doppelt so alt | zusammen sind sie | was lohnt sich mehr | eher mieten
        | mieten oder kaufen | leasen oder | rentiert sich | schlägt in | was ist klüger | klüger | sauber begründen
        | kündigen oder | wie wahrscheinlich
        """,
    },
    "french": {
        ("reasoning", 2): """
        escargot | grimpe | glisse | puits | grenouille | chèvre | interrupteur* | ampoule | sablier* | prisonniers
        | chapeaux | menteur* | dit la vérité | poignées de main | se serrent la main | se saluent | est ce logique
        | est il logique | logique de dire | que valent | raisonnement valable | valide | argument valable
        | qu est ce qui cloche | où est l erreur | revient moins cher | est ce rentable | rembourser mon | investir
        | plus avantageux | plus intéressant financièrement | deux fois l âge | l âge de | âges de | à eux deux
        | anagrammes | combinaisons | permutations | façons différentes | arrangements | chiffres | multiples de
        | divisible* | consécutifs | impair | rationnel | irrationnel | converge | suite | suppose* | sachant que
        | au hasard | billes | boules | urne | pièce de monnaie | pile ou face | chances | ouvriers | robinet*
        | remplir | remplit | rattrape | mélange | combien de temps faut | combien tiennent | ordre de grandeur
        | à peu près combien | louer ou acheter | en combien de jours | sonne | coups en | je résilie | combien pour
        """,
    },
    "spanish": {
        ("reasoning", 2): """
        caracol | resbala | pozo | rana | lobo | cabra | interruptor* | bombilla | relojes de arena | prisioneros
        | sombreros | mentiros* | apretones de manos | se dan la mano | es válido | argumento válido | este argumento
        | qué falla en | dónde está el error | reducción al absurdo | sale más barato | sale a cuenta | compensa
        | qué me conviene | más económico | amortiza* | doble de edad | la edad de | entre los dos | anagramas
        | combinaciones | permutaciones | conjuntos distintos | maneras distintas | formas distintas | de formas
        | cifras | dígitos | múltiplos de | múltiplo de | divisible* | consecutivos | impar | irracional | converge
        | supón | suponiendo | sabiendo que | al azar | canicas | bolas | urna | cara o cruz | obreros | grifo*
        | llenar | llena | alcanza | mezcla | balanza | hacen falta | cuánto tardarán | cuántos caben
        | orden de magnitud | campanadas | lo cancelo | cuánto pesa
        """,
    },
    "portuguese": {
        ("reasoning", 2): """
        caracol | escorrega | poço | sapo | lobo | cabra | couve | interruptor* | lâmpada | ampulheta* | prisioneiros
        | chapéus | mentiros* | diz a verdade | apertos de mão | se cumprimentam | é válido | argumento válido
        | este argumento | o que há de errado | onde está o erro | redução ao absurdo | sai mais barato | compensa
        | mais econômico | vale mais a pena | quitar | financiar ou | alugar ou comprar | dobro da idade | a idade de
        | juntos têm | anagramas | combinações | permutações | maneiras diferentes | formas diferentes | de formas
        | algarismos | dígitos | múltiplos de | múltiplo de | divisível | consecutivos | ímpar | irracional | converge
        | suponha | sabendo que | ao acaso | bolinhas | bolas | urna | cara ou coroa | torneira* | encher | enche
        | alcança | mistura | balança | quanto tempo levam | quantos cabem | ordem de grandeza
        | que dia da semana será | badaladas | cancelo | quanto pesa | quanto leva
        """,
    },
    "italian": {
        ("reasoning", 2): """
        lumaca | sale di | scivola | pozzo | rana | lupo | capra | cavolo | interruttor* | lampadina | clessidr*
        | prigionieri | cappelli | bugiard* | strette di mano | stringe la mano | stringono la mano | strette
        | è valido | argomento valido | cosa non va | dov è l errore | per assurdo | costa meno | mi conviene
        | più economico | affittare o comprare | doppio degli anni | il doppio degli | l età di | insieme ne fanno
        | insieme hanno | anagrammi | combinazioni | permutazioni | modi diversi | modi possibili | cifre
        | multipli di | multiplo di | divisibile | consecutivi | dispari | razionali | razionale | irrazionale
        | converge | supponi | sapendo che | a caso | biglie | palline | urna | testa o croce | macchine | rubinett*
        | riempire | riempie | raggiunge | miscela | quanto impiegano | quanti ci stanno | ordine di grandezza
        | colpi in | disdico | quanto pesa | quanto impiega
        """,
    },
    "chinese": {
        ("reasoning", 2.5): """
        水池 | 进水管 | 出水管 | 注满 | 放空 | 握手 | 多少岁 | 各多少 | 各几 | 年龄和 | 大几岁 | 合算 | 划算 | 帮我算
        | 算算 | 算一下 | 能不能推出 | 能推出 | 推出 | 能否推出 | 必然 | 充分条件 | 必要条件 | 充要 | 真命题 | 假命题
        | 命题 | 悖论 | 反证法 | 数学归纳 | 无理数 | 有理数 | 整除 | 能被 | 约数 | 倍数 | 奇数 | 偶数 | 几位数
        | 三位数 | 两位数 | 种排法 | 多少种 | 几种 | 组合 | 排列 | 抽到 | 摸到 | 骰子 | 硬币 | 扑克牌 | 随机 | 蜗牛
        | 青蛙 | 过河 | 狼羊 | 灯泡 | 开关 | 囚犯 | 帽子 | 说谎 | 说真话 | 天平 | 称几次 | 浓度 | 溶液 | 利润 | 打几折
        | 工程队 | 单独做 | 合作几天 | 顺流 | 逆流 | 追上 | 车速 | 甲乙 | 平方和 | 等差 | 等比 | 函数的最 | 最值 | 求x
        | 求证 | 解不等式 | 化简 | 大概能装 | 能装多少 | 估计一下 | 为什么不对 | 错在哪 | 漏洞 | 半斤 | 年后有多少
        | 年利率 | 每月存 | 存多少 | 用几秒 | 要不要退 | 单次
        """,
    },
    "japanese": {
        ("reasoning", 2.5): """
        井戸 | カエル | カタツムリ | 登り | 落ちる | 円卓 | 並び方 | 並べ方 | 通り | それぞれの値段 | それぞれいくら
        | 何日かか | 無理数 | 有理数 | 示せ | 示して | 背理法 | 真ですか | 偽 | 真のとき | 対偶 | 必要条件 | 十分条件
        | 命題 | 割り切れ | 約数 | 倍数 | 奇数 | 偶数 | 桁の | 握手 | 組み合わせ | 順列 | サイコロ | コイン | トランプ
        | 無作為 | 玉を | くじ | 川を渡 | オオカミ | 電球 | スイッチ | 囚人 | 帽子 | 嘘つき | 正直者 | 天秤 | 食塩水
        | 濃度 | 仕事算 | 旅人算 | 鶴亀算 | つるかめ | 追いつ | 定価 | 割引 | 利益 | 損得 | お得 | どちらが安い
        | 元が取れ | 計算すると | 何人必要 | 何台必要 | およそ何 | 概算 | どこが間違 | おかしい点 | 矛盾点 | 理由も
        | 論理的に | 解約すべき | 何秒
        """,
    },
    "russian": {
        ("reasoning", 2): """
        улитк* | лягушк* | колодц* | колодец | ползет | сползает | волк | коза | капуст* | лампочк* | выключател*
        | песочные час* | узник* | шляп* | лжец* | рыцари и лжец* | говорит правду | рукопожати* | выгодн* | дешевле
        | окупит* | купить или | снимать или | вклад | капитализаци* | трехзначн* | двузначн* | четырехзначн*
        | без одинаковых | различных цифр | различные цифры | цифр* | кратн* | делится на | делятся на | делимост*
        | четн* | нечетн* | рациональн* | иррациональн* | предположим | известно что | наугад | случайн* | шаров
        | шара | шары | урн* | орел | решк* | сколько вариантов | вариантов | комбинаци* | перестанов* | анаграмм*
        | рабоч* | станк* | бассейн наполн* | догонит | навстречу | смес* | раствор* | взвешиван* | вместе у них
        | у каждого | вместе им | старше | младше | возраст | лет назад | рассуждение | рассуждения | значит
        | логично ли | верно ли что | следует ли | противореч* | сколько влезет | поместится | примерно сколько | бьют
        | за сколько | отказаться или | во сколько раз
        """,
    },
}
