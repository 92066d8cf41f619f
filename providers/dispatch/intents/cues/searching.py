"""Cues for the wish to find something, and for questions after what changes: who, how much, whether still.

`lookup` at 1.2 is a verb of searching, and not enough by itself: `affairs` has what is commonly looked for.
"""

from providers.dispatch.intents.lexicon import Table

SEARCHING: dict[str, Table] = {
    "english": {
        ("lookup", 1.2): """
        can you find | could you find | can you look | please find | find out | find | looking for a | looking for an
        | i m looking for | search | trying to find | where do i find | where is the nearest | nearest | closest
        | locate | recommend a good | who sells | which shop | which shops | is there anywhere | anywhere that
        | anyone know if | anyone know whether | original source | source of the | source for | evidence for
        | evidence that | cite | citation | citations | references for | reference for | what did | who got
        | who is headlining | who s headlining | who was appointed | who has been | who was elected | who was named
        | has been appointed | did they ever | did they | whatever happened to | what became of | what happened at
        | what happened in | how did the | how is the | how are the | taking new | accepting new | still taking
        | still going | still closed | still running | still on strike | is it out | is it available | available yet
        | out yet | out now | who is on tour | touring | voted off | voted out | kicked off | kicked out | eliminated
        | who leads | who was killed
        """,
        ("lookup", 2): """
        opening hours of | hours of | phone number of | number for | by election | by elections | headlining | line up
        | on strike | in stock at | sold out | how do i contact | contact for | is it legal now
        | required for entering | required to enter | entering the country | travel advice for | travel advisory
        | is it safe to travel | tide times | tide tables | high tide | sunrise in | sunset in | moon phase tonight
        | air quality in | pollen count | uv index | water level | snow report | how much snow | avalanche
        | road conditions | roadworks | road closures | is the road | is the a1 | bus times | last bus | first train
        | last train | next train | next bus | ferry times | flight time | gate number | tracking number | parcel
        | exchange rates | mortgage rate | savings rate | interest on savings | base rate | average salary of
        | minimum wage | state pension | tax threshold | tax free allowance | tax brackets | stamp duty
        | energy price cap | council tax | fuel prices | house prices in | rent prices | price cap | market cap
        | quarterly results | earnings report | revenue of | how many employees | who owns | who bought | who acquired
        | ceo of | cfo of | founder of the startup | latest album | latest film | latest book | new book by
        | new album by | new song by | is there a sequel | season 2 | season 3 | season 4 | season 5 | season two
        | season three | when is season | renewed for | where to watch | which streaming | streaming service has
        | where was it filmed | cast of | who plays | who played | starring | critics | critics think | critics say
        | people think of the new | reviewers | do any | ban in | seats did | how many seats | how many votes
        | how many goals | how many medals | postcode | zip code | serviced in | repaired in | fixed in
        | playing at the | what s on at | for good | a source | source for the figure | not working today | is it down
        | working again | housing market | what time is the | kick off | kickoff | kicks off | market doing
        | side effects reported | according to the last | easy access saver
        """,
        ("lookup", 1.5): """
        down again | is down | walking out | again | back up | back on | running today | who plays the | the tide
        | tide doing | how much is it to | how much does it cost to | how much do they charge | what s the fee
        | how much is the fee | with a doi | doi | the name of the paper | the paper that | a paper that
        | the study that | top 10 | change the | raised the | cut the | scrapped | came out recently | any good
        """,
    },
    "german": {
        ("lookup", 1.2): """
        suche | such | finde | finden sie | find mir | finde mir | zeig mir | ich suche | kennst du einen guten
        | gibt s | gibt es einen | wo gibt | wo bekommt man | wer verkauft | welcher laden | in der nähe | nächste
        | nächstgelegene | wer wurde | wer ist gerade | wer moderiert | wer tritt | wer spielt | wer führt
        | wer leitet | was wurde aus | was ist aus | was sagte | was hat der | was hat die | was ist passiert
        | was passierte | was ist mit | ab wann gilt | ab wann | seit wann gilt | bis wann | gilt noch | gilt das
        | immer noch | noch geschlossen | noch gesperrt | wieder offen | wieder geöffnet | schon draußen
        | schon erschienen | schon verfügbar | ausverkauft | nehmen neue | nimmt neue | quelle für | quellen für
        | beleg für | belege für | studie zu | studien zu | wie ging | wie endete | wie hat | wie lief | wie schnitt
        """,
        ("lookup", 2): """
        pegelstand | pegelstände | wasserstand | lawinenlage | schneehöhe | schneehöhen | pollenflug | luftqualität
        | stauwarnung | staumeldung* | verkehrslage | sperrung der | fahrplan der | abfahrt* | ankunft* | gleis
        | nächste bahn | nächster zug | letzter bus | nächster bus | sendungsverfolgung | mindestlohn | strompreis*
        | gaspreis* | bauzinsen | tagesgeld | festgeld | rentenalter | kindergeld | bürgergeld | grundsteuer
        | steuerfreibetrag | pendlerpauschale | heizungsgesetz | wohngeld | besetzung von | wer spielt in
        | neue staffel | kinostart | erscheinungstermin | tourdaten | wahlumfrage* | sonntagsfrage | sitzverteilung
        | ergebnis der | ausgleich | elfmeter | torschütze* | endstand | spielstand | tabellenführer | geschäftszahlen
        | umsatz von | wem gehört | wer kaufte | geöffnet hat | nehmen neue patienten | kritiker | kritiken | glatteis
        | frost | hitzewelle | wird es warm | wird es kalt | sitze | für sich entschieden | offen an
        | reparieren lassen | postleitzahl | funktioniert gerade nicht | ist gestört | störung bei | wie viele sitze
        | wie viele stimmen | wie viele tore | drei quellen | eine quelle | wann spielt | um wie viel uhr | anpfiff
        | welche bank | die meisten zinsen | flüge nach | flüge von | billige flüge
        """,
        ("lookup", 1.5): """
        wer ist neuer | wer ist neue | wer ist der neue | wer ist die neue | schon wieder | wieder frei | wieder auf
        | fährt die | fahren die | fährt der | durch nach | heizöl | was zahlt man | wie viel zahlt
        | wie hoch ist die gebühr | wie teuer | eintrittspreis* | dicht | offen hat | suche einen | suche eine
        """,
        ("when", 1): "schon wieder",
    },
    "french": {
        ("lookup", 1.2): """
        cherche | cherche moi | je cherche | trouve | trouve moi | trouvez moi | recherche | y a t il un | où y a t il
        | qui vend | le plus proche | la plus proche | près de | qui a été | qui vient d | qui est le | qui est la
        | qui dirige | qui présente | qui joue | qu est devenu | que s est il | qu a dit | qu a annoncé
        | a t on retrouvé | a t on trouvé | où en est | depuis quand | à partir de quand | jusqu à quand
        | toujours fermé | toujours en grève | encore fermé | est elle ouverte | fonctionne | circule | circulent
        | est il sorti | est elle sortie | est sorti | est sortie | déjà sorti | en rupture | complet | complets
        | source de | la source | sources sur | étude sur | études sur | comment s est | ces jours ci
        """,
        ("lookup", 2): """
        a été nommé | a été nommée | a été élu | nommé à la tête | nouveau patron | litre de | enneigement
        | qualité de l air | bulletin météo | info trafic | bison futé | prochain train | prochain bus | dernier métro
        | premier métro | suivi de colis | smic | taux immobilier | taux du livret | livret a | âge de la retraite
        | prix du gaz | prix de l électricité | allocation* | taxe foncière | impôt sur le revenu | distribution de
        | qui joue dans | nouvelle saison | date de sortie | sorti en librairie | au cinéma | dates de tournée
        | intentions de vote | résultat des | buteur | score du | score final | chiffre d affaires | à qui appartient
        | qui a racheté | leurs tarifs | horaires des | critiques | bouchons | bouchon | embouteillage*
        | combien de députés | combien de sièges | combien de voix | combien de buts | où faire | où faire réparer
        | où manger | où dormir | où louer | où réparer | où voir | où aller | code postal | ne marche plus chez
        | en panne | l étude | fera t il froid | fera t il chaud | il fera chaud | va t il faire | canicule | verglas
        | éliminé de | a été éliminé | quelle banque | meilleur livret | à quelle heure joue | vols pour
        | vols pas chers | vol pas cher | quel temps
        """,
        ("lookup", 1.5): """
        qui a marqué | le montant | montant du | montant de la | marée | marées | accessible | est il accessible
        | vide grenier | brocante | combien faut il payer | combien ça coûte | quel est le prix | quel est le tarif
        """,
        ("when", 1): "déjà",
    },
    "spanish": {
        ("lookup", 1.2): """
        busco | busca | búscame | encuentra | encuéntrame | me buscas | recomiéndame un | conoces algún
        | conoces alguna | dónde hay | dónde venden | quién vende | más cercano | más cercana | cerca de | quién es el
        | quién es la | quién ha sido | quién fue nombrado | quién presenta | quién canta | quién dirige | qué fue de
        | qué ha sido de | qué dijo | qué ha dicho | qué anunció | qué pasa con | qué ha pasado | desde cuándo
        | hasta cuándo | a partir de cuándo | sigue cerrad* | sigue abiert* | siguen en | sigue en | todavía está
        | a cómo está | a cuánto | cómo acabó | cómo terminó | cómo fue el | en qué cines | en qué cine | ponen
        | echan | agotad* | ya está disponible | ya salió | está disponible | fuente de | fuentes sobre
        | estudio sobre | estudios sobre
        """,
        ("lookup", 2): """
        la ministra de | el ministro de | que abra | abierto los | calidad del aire | estado del tráfico
        | estado de las carreteras | parte meteorológico | próximo tren | próximo autobús | último metro | último tren
        | seguimiento de | tipo de interés | tipos de interés | euríbor | precio de la luz | factura de la luz
        | edad de jubilación | subsidio* | irpf | iva de | reparto de | quién sale en | nueva temporada
        | fecha de estreno | en cartelera | fechas de la gira | intención de voto | resultado de | resultados de
        | goleador | quién marcó | marcador | facturación de | de quién es la empresa | quién compró
        | nivel del embalse | embalses | sigue cerrada | sigue cerrado | atasco* | escaños | cuántos escaños
        | cuántos votos | cuántos goles | críticas de | las críticas | dicen las críticas | dónde arreglar
        | dónde reparar | dónde comer | dónde alquilar | dónde dormir | dónde ir | hará frío | hará calor
        | va a hacer frío | va a hacer calor | ola de calor | código postal | está caído | se ha caído
        | no funciona hoy | a qué hora cierran | a qué hora abren | qué banco | más interés | vuelos baratos
        | vuelos de | a qué hora juega | eliminad* | expulsad* | qué tiempo
        """,
        ("lookup", 1.5): """
        han subido | ha subido | han bajado | ha bajado | quién es el nuevo | quién es la nueva | cuándo echan
        | está abierta | abierta hoy | cuánto se paga | cuánto hay que pagar | qué precio tiene | pensiones
        """,
        ("when", 1): "ya",
    },
    "portuguese": {
        ("lookup", 1.2): """
        procuro | procura | procure | busca | busque | encontra | encontre | me indica | me indique | me recomenda
        | conhece algum | conhece alguma | onde tem | onde vende | onde vendem | quem vende | mais próximo
        | mais próxima | perto de | quem é o | quem é a | quem foi nomeado | quem vai ser | quem apresenta
        | quem canta | quem dirige | o que houve | o que aconteceu | que fim levou | o que disse | o que anunciou
        | desde quando | até quando | a partir de quando | continua fechad* | ainda está | segue fechad*
        | está engarrafad* | quanto tá | como terminou | como acabou | em que cinema | passando no | esgotad*
        | já está disponível | já saiu | foi lançado | fonte de | fontes sobre | estudo sobre | estudos sobre
        """,
        ("lookup", 2): """
        placar de | placar do | engarrafad* | aberto no | qualidade do ar | estado das estradas | próximo trem
        | próximo ônibus | último metrô | rastreio | rastreamento | taxa de juros | taxa selic | preço da gasolina
        | preço do gás | idade de aposentadoria | bolsa família | auxílio* | ipva | iptu | imposto de renda
        | elenco de | quem está em | nova temporada | data de estreia | data de lançamento | em cartaz
        | datas da turnê | intenção de voto | resultado da | resultado do | artilheiro | quem marcou | faturamento de
        | quem comprou | próximo ministro | ministro da | ministra da | nível dos reservatórios | quantas cadeiras
        | quantos votos | quantos gols | críticas do | falando do novo | falando da nova | onde consertar | onde comer
        | onde alugar | onde dormir | vai fazer frio | vai fazer calor | frente fria | onda de calor | fora do ar
        | caiu hoje | cep de | cep da | que horas fecham | que horas abrem | está funcionando | tem congestionamento
        | congestionamento | quem saiu | qual banco | rende mais | voos baratos | voos de | passagens | eliminad*
        | que horas é | que horas joga
        """,
        ("lookup", 1.5): """
        já abriu | já abriram | abriu inscrição | saiu o | saiu a | quem é o novo | quem é a nova | quanto se paga
        | quanto paga | pedágio | lineup | enem
        """,
        ("when", 1): "já",
    },
    "italian": {
        ("lookup", 1.2): """
        cerco | cerca | trova | mi trovi | mi consigli un | conosci un buon | dove c è | dove vendono | chi vende
        | più vicino | più vicina | vicino a | chi è il | chi è la | chi è stato | chi presenta | chi canta
        | chi dirige | chi guida | che fine ha fatto | cosa ha detto | che ha detto | cosa ha annunciato | da quando
        | fino a quando | a partire da quando | ancora chius* | ancora in | hanno riaperto | ha riaperto
        | hanno aperto | è di nuovo | è uscito | è uscita | quando aprono | quando apre | quando chiudono
        | quando partono | quando escono | com è andata | come è andata | come è finito | in che cinema
        | in quale cinema | danno | esaurit* | già disponibile | è disponibile | fonte di | fonti su | studio su
        | studi su | chi ha fatto
        """,
        ("lookup", 2): """
        tasso fisso | tasso variabile | un mutuo adesso | iscrizioni | qualità dell aria | bollettino
        | stato delle strade | prossimo treno | prossimo autobus | ultima metro | ultimo treno | tracciamento
        | tasso di interesse | tassi | prezzo della benzina | prezzo del gas | bolletta | bollette | età pensionabile
        | bonus | imu | irpef | cast di | chi recita in | nuova stagione | data di uscita | al cinema | date del tour
        | intenzioni di voto | risultato di | risultati di | capocannoniere | chi ha segnato | fatto gol
        | fatturato di | chi ha comprato | chi possiede | livello del | riaperto | riaperta | neve a | impianti aperti
        | quanti seggi | quanti voti | quanti gol | la critica | recensioni | dove posso riparare | dove riparare
        | dove mangiare | dove dormire | dove noleggiare | farà caldo | farà freddo | ondata di caldo | cap di
        | non funziona oggi | è in down | è giù | a che ora chiudono | a che ora aprono | c è coda
        | code in autostrada | quale banca | conto deposito | voli economici | voli da | a che ora gioca | eliminat*
        | che tempo
        """,
        ("lookup", 1.5): """
        chi è il nuovo | chi è la nuova | quanto si paga | quanto devo pagare | c è traffico | c è qualche
        | ci sono ancora | canone | nuovo ct | qualche mercatino
        """,
        ("when", 1): "già",
    },
    "chinese": {
        ("lookup", 2): """
        查查 | 帮我查 | 帮我找 | 搜一下 | 搜搜 | 找一家 | 找个 | 有没有票 | 还有票 | 有票吗 | 余票 | 首末班车 | 末班车
        | 首班车 | 时刻 | 限行 | 限购 | 堵车 | 路况 | 堵不堵 | 封路 | 水位 | 空气质量 | 汇率多少 | 利率多少 | 降价
        | 涨价 | 打折 | 优惠活动 | 上季度 | 财报 | 营收 | 交付 | 销量 | 市值 | 谁当 | 任命 | 上任 | 当选 | 踢成
        | 几比几 | 比分多少 | 进球 | 冠军是 | 夺冠 | 积分榜 | 赛程 | 开赛 | 开播 | 定档 | 几号上映 | 出新 | 新款
        | 上市 | 官宣 | 停产 | 召回 | 官网 | 客服电话 | 电话号码 | 联系方式 | 哪家 | 哪里有 | 哪儿有 | 在哪里买
        | 在哪买 | 出处 | 来源 | 文献 | 论文 | 统计数据 | 数据来源 | 最低工资 | 社保 | 公积金 | 个税 | 起征点
        | 退休年龄 | 分数线 | 录取 | 报名时间 | 考试时间 | 放假安排 | 放假几天 | 开放时间 | 门票多少 | 开门吗 | 营业吗
        | 有变化 | 新规 | 新政策 | 政策 | 评价好不好 | 好不好用 | 值得买 | 免费几天 | 多少积分 | 收费标准 | 收费吗
        | 要多少钱 | 会不会降温 | 降温 | 升温 | 寒潮 | 崩了 | 挂了吗 | 宕机 | 哪里可以 | 哪里能 | 哪儿可以
        | 最佳女主角 | 最佳影片 | 得奖 | 获奖 | 多少席 | 多少票 | 邮编 | 口碑 | 影评 | 这届 | 本届 | 收盘 | 开盘
        | 多少点 | 好电影 | 热门 | 哪家银行 | 存款利率
        """,
        ("when", 1): "吗现在 | 这两天 | 这会儿 | 近来 | 这段时间 | 上个季度 | 这个季度 | 今年的 | 还在 | 已经",
    },
    "japanese": {
        ("lookup", 2): """
        探して | 検索 | 調べ | 教えてほしい店 | 営業してい | 営業している | 深夜まで | 空いてい | 空席 | 予約でき
        | 在庫 | 売り切れ | 値上げ | 値下げ | 遅れてい | 止まってい | 運転見合わせ | 渋滞 | 通行止め | 水位 | 花粉
        | 大気 | 金利は | 政策金利 | 為替は | 最低賃金 | 年金は | 税制 | 改正 | 何が変わ | 変更点 | 手続きは
        | 申請期限 | 締め切り | 申し込み | 受付 | 決算 | 売上高 | 時価総額 | 誰が就任 | 就任 | 任命 | 誰が勝
        | どこが勝 | スコア | 得点 | 打った | 何対何 | 優勝は | 順位は | 日程 | いつ始ま | いつから始 | いつ放送
        | 放送日 | 公開日 | 発売は | 新型 | 新作 | 続報 | 公式サイト | 電話番号 | 連絡先 | どこで買え | どこで売
        | 安い店 | 文献 | 論文 | 統計 | データは | 根拠となる | ソース | 動いてる | 動いている | 先発 | スタメン
        | 入場料 | 料金は | いくら | 何円 | いつまで続 | まだ続 | やってる | 開いてる | 寒い | 暑い | 気温は | 議席
        | 得票 | 評価は | 評判は | 繋がらない | つながらない | 障害 | 直せるところ | できるところ | 買えるところ
        | 食べられるところ | 郵便番号 | 受賞した | 今人気 | 人気の | 流行って | 話題 | 何時から | 一番金利
        """,
        ("when", 1): "今は | 今いくら | 今どう | 今も | いまは | まだ | もう | 次の | 今度の | 最新の | 新しい",
    },
    "russian": {
        ("lookup", 1.2): """
        ищу | поищи | найди мне | подскажи где | подскажи адрес | посоветуй хорош* | где можно | где ближайш*
        | ближайш* | кто продает | кого назначил* | кто стал | кто возглавил* | кто теперь | кто ведет | кто играет
        | что сказал* | что заявил* | что стало с | что с | что там с | чем закончил* | как закончил* | с каким счетом
        | с какого числа | с каких пор | до какого числа | до какого | до скольки | со скольки | открыта ли
        | открыт ли | закрыт ли | закрыта ли | работает ли | работают ли | все еще | почем | источник | источники
        | исследования о | ссылки
        """,
        ("lookup", 2): """
        назначили | назначен | избрали | счетом закончил* | какой счет | со счетом | кто забил | турнирная таблица
        | турнирной таблице | контакты | телефон | график работы | уровень воды | качество воздуха | лавинн*
        | пробки на | перекрыт* | последняя электричка | ближайшая электричка | ближайший поезд | отследить посылк*
        | ключевая ставка | ключевую ставку | ключевой ставки | ставка по | ставки по | ипотек* | мрот
        | прожиточный минимум* | пенсионный возраст | пенсионного возраста | материнский капитал
        | материнского капитала | подорожал* | подешевел* | новый сезон | дата премьеры | в прокате | где идет фильм
        | кто снялся | в ролях | опросы | рейтинг партий | рейтинги партий | выручк* | прибыль компании
        | кому принадлежит | кто купил | отзыв о | есть в наличии | в продаже | граница с | открыта ли сейчас
        | критики | критиков о | гололед* | мороз* | жара | жары | будет ли | сколько мест | сколько голосов
        | сколько голов | где отремонтировать | где починить | где поесть | где снять | где заказать | не работает
        | сбой | упал | лежит ли | индекс | пишут критики | в каком банке | по вкладам | во сколько играет | выгнали
        | выбыл* | дешевые рейсы | авиабилет*
        """,
        ("lookup", 1.5): """
        ходят ли | ходит ли | едут ли | летают ли | второй сезон | третий сезон | недорого | починить | где в
        | сколько платить | какая сегодня | какой сегодня | подняли ли | повысили ли | когда откроют | когда запустят
        | когда построят | когда начнут | когда введут
        """,
    },
}
