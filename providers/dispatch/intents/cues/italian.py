"""Cues in Italian."""

from providers.dispatch.intents.lexicon import Table

ITALIAN: Table = {
    ("lookup", 3): """
    ultime notizie | notizie su | notizie di | novità | cosa c è di nuovo | cerca su internet | cerca in rete
    | cerca sul web | con le fonti | cita le fonti | con fonti | ultima versione | versione più recente
    | studi recenti | orari di apertura | tasso di cambio | prezzo attuale | vicino a me | previsioni del tempo
    | che tempo farà | che tempo fa | numero di telefono di | dove comprare | dove posso comprare | quanto costa
    | quanto costano | google
    """,
    ("lookup", 2): """
    chi ha vinto | quando esce | quando uscirà | a che ora apre | a che ora chiude | è aperto | quando gioca
    | link a | link al | cerca un | cercami | trovami | hotel economico | hotel a | ristoranti a | concerti a
    | eventi a | cosa fare a | è vero che | più economico | più economici | recensioni di | voli per | a che punto
    | com è finita | quando inizia | sta piovendo | cosa è successo | che cosa è successo | indirizzo di
    | dove si trova l ufficio | dove trovo | record mondiale | come è finita | ultime novità | c è sciopero
    | danno stasera | che film danno | quanti follower | recensioni su | dove vedere | quale canale
    | costo della vita | passaporto | allerta | chi sta vincendo | quanto vale
    """,
    ("when", 1.5): """
    ieri | ieri sera | stasera | stanotte | questa settimana | questo mese | quest anno | questa stagione
    | in questo momento | al momento | attualmente | recentemente | ultimamente | la settimana scorsa
    | il mese scorso | la prossima settimana | questo fine settimana | recente | recenti | dopodomani | attuale
    | attuali | questo pomeriggio | stamattina | questa estate | questo inverno | in questi giorni | pochi giorni fa
    | prossima settimana | prossimo mese | l ultimo | l ultima | in diretta | finora | al giorno d oggi | ad oggi
    | appena uscit* | poco fa
    """,
    ("when", 1): """
    oggi | domani | lunedì | martedì | mercoledì | giovedì | venerdì | sabato | domenica | l anno scorso
    | l anno prossimo | presto | ancora | il nuovo | la nuova | i nuovi | le nuove | fine settimana | la domenica
    """,
    ("when", 0.5): "adesso | ora | ultimo | ultima | ultimi | ultime | nuovo | nuova | prossimo | prossima",
    ("live", 1.5): """
    meteo | previsioni | elezioni | classifica | sciopero | scioperi | quotazione | borsa | sondaggi* | piove
    | pioverà | nevicherà | sindaco di | allenatore del | allenatore della | presidente del | presidente della
    | ritardo | ritardi | formazione della | formazione del | a che ora | a che punto | c è sciopero | chi gioca
    | prezzo del | prezzo dell | prezzo della | orari | a che ora parte | prossimo treno
    """,
    ("live", 1): """
    prezzo | prezzi | costo | costa | partita | risultato | risultati | presidente | primo ministro | governo
    | ministro | vinto | notizie | volo | voli | treno | treni | traffico | biglietti | visto | aperto | chiude
    | inflazione | benzina | dollaro | morto | successo | concerto | guerra | ristorant* | popolazione | azioni
    | uscita | giocato | sindaco | allenatore | papa | pioggia | neve | temporale | gioca | perso | dimesso | eletto
    | arrestato | stagione | episodio | puntata | album | tour | disponibile | affitto | stipendio | tasse | bitcoin
    | calcio | serie a | mondiali | champions | nobel | oscar | sanremo | terremoto | incendio | vincitore
    | lavori del | lavori della | uscito | apre | juventus | roma | inter | milan | hotel | museo | serie | film
    | diesel | sondaggi | farmacia | dentista | partito | evento | inizia | legge | esplosione | incidente
    | processo | orario | riforma | pensioni | napoli | metro | cinema | tv | follower | vaccini | trattative
    | sindacati | allerta | passaporto
    """,
    ("make", 1): """
    scrivi | scrivimi | scrivere | componi | inventa | inventami | racconta | raccontami | crea | creami | fai
    | fammi | dammi | ho bisogno di | vorrei | voglio | immagina | genera | sviluppa | implementa | programma
    | continua | proponi | scriv* | compon* | invent* | immagin* | elabor* | svilupp* | puoi scrivere
    | potresti scrivere | potrebbe | aiut* | genera* | implement* | redig* | crea* | vorrei un | trasforma | pensa a
    | mi piacerebbe | canta | improvvisa | suggerisci | riscrivi come | trova un nome
    """,
    ("verse", 2): """
    poesia | poesie | racconto | racconti | storia | fiaba | favola | sonetto | haiku | canzone
    | testo di una canzone | barzelletta | barzellette | slogan | motto | discorso | dialogo | monologo
    | sceneggiatura | scena | romanzo | parodia | satira | leggenda | filastrocca | rima | rime | indovinello
    | nomi per | lettera d amore | brindisi | battuta | paragrafo descrittivo | metafora | metafore | limerick
    | ninna nanna | narrativa | nomi per la squadra | soprannomi | soprannome | commedia | promesse | inno | rap
    | giochi di parole | gioco di parole | sketch | storia di paura | stornello | aforisma | discorso divertente
    | versi | strofa | capitolo | trama | thriller | storia d amore | biglietto di auguri | biglietto d auguri
    | fantascienza | testo di | racconto per bambini | giallo | incipit | nome per | seguito | inizio di un romanzo
    | personaggio per | quartina | libro per bambini | commedia breve | titolo poetico
    | testimone dello sposo
    """,
    ("creative", 2.5): """
    in rima | nello stile di | alla maniera di | c era una volta | racconto breve | della buonanotte | fingi*
    | gioco di ruolo | immagina di essere | immagini di essere | assumi il ruolo | assuma il ruolo | vesti i panni
    | nei panni di | calati nei panni | interpreta il ruolo | linguaggio creativo | se fossi un
    | dal punto di vista di | con la voce di | nei panni
    """,
    ("creative", 2): "inventa | inventami | qualcosa di divertente | poetico",
    ("artefact", 1.5): """
    funzione | classe | script | programma | query | applicazione | pagina web | sito | database | test | generatore
    | tabella
    """,
    ("code", 3): """
    messaggio di errore | codice sorgente | espressione regolare | query sql | questo codice | mio codice
    | test unitari | riga di comando | file di testo | struttura dati | strutture dati | programmazione dinamica
    | ricerca binaria | riga per riga
    """,
    ("code", 2.5): """
    excel | macro | cerca vert | wordpress | formula | github | docker | ciclo infinito | un programma che
    | una funzione che | file json | albero binario | riga di codice | ricorsione | anno è bisestile | debug
    | questo ciclo | funzione ricorsiva | fattoriale | classe astratta | app android | ereditarietà in
    | interfaccia e | programmazione orientata | repository | la ricorsione
    """,
    ("code", 2): "il codice | codice | programmazione | non compila | compilare | uno script | ciclo for",
    ("code", 1.5): """
    algoritmo | ciclo | ricorsi* | puntatore | variabile | bug | database | array | implement* | stringhe
    | programma in | installo | installare | colonna | pacchetto | pulsante | restituisce | compilatore | console
    | api | sito | errore 500 | errore 404
    """,
    ("code", 1): """
    funzione | metodo | classe | errore | file | query | stringa | server | lista concatenata | duplicati
    """,
    ("reasoning", 3): """
    dimostra | dimostra che | dimostrare | dimostrazione | passo per passo | passo passo | vantaggi e svantaggi
    | pro e contro | pro e i contro | probabilità | sistema di equazioni | risolvi | valuta i pro
    | argomenti a favore e contro | trova l errore | interesse composto | qual è la probabilità | che probabilità
    """,
    ("reasoning", 2.5): """
    quale conviene | confronta i vantaggi | se tutti i | la derivata | fra quanti giorni | più vantaggioso
    | quanto riceve | mostra che | prossimo numero | successione | quanti quadrati | è pari | per induzione
    | errore di ragionamento | più della | più probabile | presupposti | premesse | controesempio | il triplo
    | operai
    """,
    ("reasoning", 2): """
    equazione | integrale | derivata | enigma | teorema | giustifica | ragiona | stima | ragionamento | fallaci*
    | in quanti modi | numeri primi | triangolo | area | perimetro | media | resto di | radice quadrata
    | numero primo | tuo ragionamento | vera falsa | vera o falsa | quanti fratelli | quante sorelle | relazione tra
    | disuguaglian* | percentuale | vertici | non appartiene | interi | importo totale | è meglio | conviene di più
    | conviene | vale la pena | scegliere tra | quanto resta | quanti restano | dadi | logica | contraddizione
    | limite di | matrice | vettor* | almeno | al massimo | il doppio | la metà | quindi | litri
    | quanto tempo ci vuole | ottimizzare | triangoli | esagono
    """,
    ("reasoning", 1.5): """
    calcola | analizza | confronta | valuta | argomento | strategia | ottimal* | deduci | svantaggi | criticamente
    | valore di | somma | spiega il tuo ragionamento
    """,
    ("handle", 3): """
    riassumi | riassunto | traduci | tradurre | correggi il testo | correggi questo testo | riformula | accorcia
    | punti chiave | seguente paragrafo | seguente testo | seguente brano | seguente frase | leggi attentamente
    | leggi il testo | modifica il | traduttore | più formale | più breve | più gentile | questa frase
    | questo paragrafo | questo testo | in inglese | in italiano | migliora questo | riscrivi questo
    """,
    ("letter", 2): """
    mail | email | e mail | lettera | lettera di presentazione | curriculum | relazione | tema | articolo | lista
    | piano | ricetta | invito | post di blog | post per | blog | posta elettronica | titolo accattivante
    | recensione | schema | descrizione del prodotto | proposta | post su linkedin | piano alimentare
    | scheda di allenamento | biglietto di ringraziamento | scuse | reclamo | biografia | profilo | tutorial | guida
    | menù settimanale | disdetta
    """,
    ("work", 1): """
    spiega | spiegami | spiegare | descrivi | come posso | come si fa | consigli | consiglio | aiutami
    | differenza tra | perché | cosa devo | cosa dovrei | idee | pianifica | organizza | come funziona | parlami
    | consigliami | differenze | effetti | impatto | vantaggi | strategie | fattori | sfide | cosa succederebbe se
    | e se | come possono | come possiamo | come influisc* | principi | cause | conseguenze | fondamenti
    | migliorare | ruolo di | importanza di | modi migliori | convincere | come imparare | come convincere
    | come preparare | cosa faccio | cosa ne pensi | tua opinione | come dire | come smettere | come superare
    | come iniziare | per principianti | come riuscire | come diventare | cosa posso | come curo | come curare
    | come cucinare | come pulire | passi per | come scrivere | cosa regalare | vantaggi di | come si prepara
    """,
    ("small", 3): """
    qual è la capitale | capitale di | capitale del | come si dice | cosa significa | che cosa significa | come stai
    | come va | tutto bene | grazie | buongiorno | buonasera | buonanotte | plurale di | contrario di | sinonimo di
    | di che colore | chi ha inventato | chi ha scoperto | in che anno | quale pianeta | quale paese
    | buona giornata | a presto | prego | grazie mille | in spagnolo | in francese | come si chiama | quanto è alto
    | capito | quanto fa | simbolo chimico | più lungo del mondo | più grande del mondo | più alto del mondo
    | chi era | chi fu
    """,
    ("small", 2): "ciao | salve | arrivederci | chi ha scritto | chi ha dipinto | definisci | quanti | quante",
    ("not", 1): "senza | non scrivere | non cercare | non usare | non voglio | invece di",
    ("ask", 1): """
    che | cosa | quale | quali | chi | dove | quando | come | quanto | perché | è | sono | c è | spiega | descrivi
    """,
    ("fact", 1): """
    chi | quando | cos è | che cos è | qual è | quali sono | dove | quanti | quante | in che anno | come si chiama
    | è un | è una
    """,
    ("yesno", 1): "c è | ci sono | ha | hanno | è già | sarà",
    ("perfect", 1): "ha | hanno | è già | hanno già",
    ("self", 1): "io | mio | mia | miei | mie | mi | me | noi | nostro | nostra | ti | tuo",
    ("quantity", 1): "quanto | quanta | quanti | quante | qual è | a quale",
    ("number", 1): """
    due | tre | quattro | cinque | sei | sette | otto | nove | dieci | undici | dodici | venti | trenta | cento
    | mille | metà | doppio | terzo | quarto | per cento | ciascuno | ciascuna
    """,
    ("either", 1): "o",
    ("choice", 1): "dovrei | dovremmo | meglio | conviene",
    ("names", 1): "la parola | il termine | l espressione | la funzione | il comando | il metodo | parola | termine",
}
