"""Cues for what is commonly looked for, at less than the weight of news: places to go to, trades, offices, events.

Together with a verb of `searching` one of them is enough.
"""

from providers.dispatch.intents.lexicon import Table

# Companies, products and contests that make the news, named alike in most languages.
NAMES: Table = {
    ("live", 0.8): """
    tesla | apple | google | microsoft | amazon | meta | nvidia | openai | anthropic | samsung | xiaomi | huawei
    | sony | intel | amd | boeing | airbus | volkswagen | vw | bmw | mercedes | toyota | renault | stellantis
    | ferrari | siemens | sap | netflix | disney | hbo | spotify | tiktok | instagram | twitter | whatsapp | ryanair
    | easyjet | lufthansa | air france | iberia | tap | ita airways | deutsche bahn | db | sncf | renfe | trenitalia
    | ikea | lidl | aldi | mercadona | carrefour | tesco | sainsbury | walmart | costco | starbucks | mcdonald
    | iphone | ipad | macbook | galaxy | playstation | ps5 | ps6 | xbox | nintendo | switch 2 | gta | gta 6
    | windows 12 | macos | ios | android | bitcoin | ethereum | dax | nasdaq | ftse | nikkei | cac | ibex | ecb | bce
    | ezb | fed | imf | fmi | nato | otan | nasa | esa | spacex | starship | real madrid | fc barcelona | bayern
    | borussia | dortmund | liverpool | manchester | chelsea | arsenal | psg | juventus | juve | inter | milan
    | benfica | sporting | flamengo | corinthians | palmeiras | boca juniors | river plate | bundesliga
    | premier league | la liga | serie a | ligue 1 | champions | europa league | uefa | fifa | nba | nfl | mlb | nhl
    | f1 | motogp | wimbledon | roland garros | tour de france | giro d italia | vuelta a | eurovision | esc | sanremo
    | oscar | oscars | oscares | grammy | grammys | cannes | berlinale | nobel | super bowl | olympia | olympics
    | world cup | mundial | mondiale | trump | biden | putin | zelensky | macron | merz | scholz | starmer | meloni
    | sánchez | lula | milei | xi jinping | erdogan | orban | musk | taylor swift | beyoncé | messi | ronaldo | mbappé
    | alcaraz | sinner | djokovic | verstappen | hamilton | leclerc
    """,
}

AFFAIRS: dict[str, Table] = {
    "english": {
        ("live", 0.8): """
        bakery | bakeries | plumber | plumbers | electrician | mechanic | garage that | vet | vets | dentist
        | dentists | hairdresser | barber | gp | clinic | hospital | pharmacy | cafe | cafes | coffee shop
        | restaurant | pub | pubs | bar | hotel | hostel | b b | campsite | gym | pool | swimming pool | museum
        | museums | gallery | theatre | theater | cinema | cinemas | farmers market | supermarket | shop | shops
        | store | stores | bookshop | nursery | school | daycare | university | course | courses | classes | lessons
        | workshop | workshops | exhibition | concerts | gig | gigs | fair | parade | fixture | fixtures | derby
        | semi final | final | medal | medals | secretary of state | spokesperson | mp | councillor | ambassador
        | bank of england | central bank | commission | council | party | poll | opinion poll | coup | protest
        | protests | riots | flood | floods | flooding | fire | fires | volcano | eruption | submarine | missing
        | rescue | crew | hostage | hostages | trial | court case | inquiry | scandal | investigation | arrest
        | sentence | takeover | bankruptcy | shortage | delay | queue | queues | closure | border | motorway | bridge
        | tunnel | road | station | tram | metro | tube | rail | vaccine | vaccinations | permit | licence
        | application | applications | registration | enrolment | ticket | price of | cost of | rate | fee | fees
        | tuition fees | fare | fares | tariff | sale | discount code | voucher | warranty | spare parts
        | model number | manual for | specifications | firmware
        """,
    },
    "german": {
        ("live", 0.8): """
        bäckerei* | klempner | elektriker | werkstatt | tierarzt | ärzte | arzt | hausarzt | friseur | klinik
        | krankenhaus | café | cafés | restaurant | kneipe* | campingplatz | fitnessstudio | schwimmbad | freibad
        | museum | museen | theater | markt | flohmarkt | supermarkt | laden | läden | geschäft* | buchhandlung | kita
        | schule | kurse | workshop* | ausstellung* | festival* | finale | halbfinale | medaille* | ministerin
        | sprecher* | abgeordnete* | bundesbank | ezb | kommission | fraktion | umfrage | protest* | hochwasser
        | brand | erdbeben | vulkan* | skandal | ermittlung* | festnahme | übernahme | fusion | insolvenz | rückruf
        | verspätung | grenze | autobahn | brücke | tunnel | bahnhof | flughafen | fähre | straßenbahn | impfung
        | reisepass | anmeldung | bewerbungsfrist | frist | karten für | eintritt | gebühr* | tarif* | rabatt*
        | ersatzteil* | patienten
        """,
    },
    "french": {
        ("live", 0.8): """
        boulangerie* | plombier* | électricien* | garage | garagiste | vétérinaire* | dentiste* | médecin* | coiffeur*
        | clinique | hôpital | pharmacie* | café | cafés | resto | restos | restaurant | bar | hôtels | camping
        | salle de sport | piscine | musées | théâtre | marché | supermarché | magasin* | librairie | crèche | école
        | cours de | stage de | atelier* | exposition | expo | festival | salon | finale | demi finale | médaille*
        | porte parole | député* | sénateur* | banque de france | commission | sondage | manif* | inondation*
        | incendie | volcan | scandale | enquête | fusion | rachat | faillite | rappel | frontière | autoroute | pont
        | tunnel | gare | aéroport | ferry | tramway | vaccin | passeport | inscription* | entrée | frais | promo
        | soldes | pièce détachée
        """,
    },
    "spanish": {
        ("live", 0.8): """
        panadería* | fontaner* | electricista* | taller | mecánico | veterinari* | dentista* | médico* | peluquer*
        | clínica | hospital | farmacia* | cafetería* | restaurante | bar | bares | hoteles | camping | gimnasio
        | piscina | museos | teatro | cines | mercado | supermercado | tienda* | librería | guardería | escuela
        | colegio | curso | cursos | taller de | exposición | festival | feria | final | semifinal | medalla*
        | ministra | portavoz | diputad* | senador* | banco central | comisión | encuesta | protesta* | inundación*
        | incendio | volcán | escándalo | investigación | fusión | compra de | quiebra | retraso | frontera
        | autopista | carretera | puente | túnel | estación | aeropuerto | ferry | tranvía | vacuna | inscripción*
        | matrícula | entrada | tasa* | tarifa* | oferta* | rebajas
        """,
    },
    "portuguese": {
        ("live", 0.8): """
        padaria* | encanador* | canalizador* | eletricista* | oficina* | mecânic* | veterinári* | dentista* | médico*
        | cabeleireir* | clínica | hospital | farmácia* | cafeteria* | restaurante | bar | bares | pousada* | camping
        | academia | piscina | teatro | cinemas | feira | mercado | supermercado | loja* | livraria | creche | escola
        | faculdade | curso | cursos | oficina de | exposição | festival | final | semifinal | medalha* | ministra
        | porta voz | deputad* | senador* | banco central | comissão | pesquisa | protesto* | enchente* | incêndio
        | vulcão | escândalo | investigação | fusão | falência | recall | atraso | fronteira | rodovia | estrada
        | ponte | túnel | estação | aeroporto | balsa | vacina | inscrição | inscrições | matrícula | ingresso | taxa*
        | tarifa* | promoção
        """,
    },
    "italian": {
        ("live", 0.8): """
        panificio | panetteria | idraulic* | elettricista | officina | meccanico | veterinari* | dentisti | medico
        | medici | parrucchier* | clinica | ospedale | farmacie | bar | ristorante | pizzeria* | trattoria | albergo
        | alberghi | agriturismo | agriturismi | campeggio | palestra | piscina | musei | teatro | mercato | mercatino
        | supermercato | negozio | negozi | libreria | asilo | scuola | corso | corsi | laboratorio | mostra
        | festival | fiera | sagra | derby | finale | semifinale | medaglia* | ministra | portavoce | deputat*
        | senator* | banca centrale | commissione | sondaggio | protesta* | alluvione | vulcano | scandalo | indagine
        | inchiesta | fusione | fallimento | richiamo | confine | autostrada | ponte | galleria | stazione | aeroporto
        | traghetto | tram | metropolitana | funicolare | funivia | vaccino | concorso | biglietto | ingresso
        | tariffa | tariffe | offerta | saldi
        """,
    },
    "chinese": {
        ("live", 1): """
        票 | 高铁 | 火车 | 地铁 | 公交 | 机场 | 口岸 | 边境 | 高速 | 国足 | 男篮 | 女排 | 中超 | 英超 | 欧冠 | 特斯拉
        | 苹果公司 | 华为 | 小米 | 比亚迪 | 腾讯 | 阿里 | 美联储 | 央行 | 财政部 | 部长 | 市委 | 外交部 | 国务院
        | 发布会 | 新机 | 手机 | 电动车 | 医院 | 药店 | 餐厅 | 酒店 | 民宿 | 健身房 | 电影院 | 博物馆 | 展览 | 音乐节
        | 奶茶店 | 咖啡馆 | 牙医 | 火锅店 | 超市 | 综艺 | 电视剧 | 洪水 | 火灾 | 爆炸 | 车祸 | 病毒 | 疫苗 | 关税
        | 制裁 | 停火
        """,
    },
    "japanese": {
        ("live", 1): """
        大谷 | 阪神 | 巨人 | 新幹線 | 電車は | 地下鉄 | バス | 空港 | 高速道路 | 日銀 | 財務省 | 大臣 | 総理 | 知事
        | 国会 | 内閣 | 党首 | 都知事 | 警察 | 裁判 | 判決 | トヨタ | ソニー | 任天堂 | 楽天 | 病院 | 薬局
        | レストラン | ホテル | 旅館 | カフェ | 居酒屋 | ラーメン屋 | 歯医者 | 美容院 | ジム | 映画館 | 美術館
        | 展覧会 | 花火大会 | フェス | 祭り | スーパー | 火災 | 津波 | 噴火 | 洪水 | 大雪 | 感染者 | ワクチン | 関税
        | 停戦 | マイナンバー | 円安 | 円高 | 物価 | 電気代 | ガソリン | 米の値段 | 株価は
        """,
    },
    "russian": {
        ("live", 0.8): """
        пекарн* | сантехник* | электрик* | автосервис* | ветеринар* | стоматолог* | врач* | парикмахерск* | клиник*
        | больниц* | кафе | бар | бары | хостел* | спортзал* | бассейн* | театр* | кинотеатр* | рынок | супермаркет*
        | магазин* | садик | школ* | курсы | выставк* | фестивал* | ярмарк* | финал* | полуфинал* | медал* | депутат*
        | сенатор* | губернатор* | центробанк* | цб | комисси* | партия | протест* | наводнени* | извержени*
        | скандал* | расследовани* | слияни* | банкротств* | границ* | трасс* | мост | тоннел* | вокзал* | аэропорт*
        | паром* | трамва* | визов* | загранпаспорт* | регистраци* | тариф* | скидк* | пятерочк* | сбербанк* | яндекс
        | газпром | зенит | спартак | цска | динамо | гречк*
        """,
    },
}
