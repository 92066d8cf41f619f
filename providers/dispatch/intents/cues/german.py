"""Cues in German."""

from providers.dispatch.intents.lexicon import Table

GERMAN: Table = {
    ("lookup", 3): """
    neueste nachrichten | aktuelle nachrichten | nachrichten über | gibt es neues | gibt es neuigkeiten
    | was ist neu | suche im internet | such im internet | im internet suchen | such im netz | recherchier*
    | mit quellen | quellen an | mit quellenangabe* | nenne quellen | finde quellen | finde studien
    | neueste version | aktuelle version | letzte version | aktuelle studien | neueste studien | öffnungszeiten
    | hat geöffnet | wechselkurs | aktienkurs | in meiner nähe | wettervorhersage | telefonnummer von | schlag nach
    | schau nach | google | was kostet | wie wird das wetter
    """,
    ("lookup", 2): """
    wer hat gewonnen | wann erscheint | wann kommt | wann fährt | wann öffnet | wann schließt | noch offen
    | wo kann ich | link zu | gibt es in | wo gibt es | guten zahnarzt | gute restaurants | hotels in
    | restaurants in | veranstaltungen in | konzerte in | läuft im | läuft der | stimmt es dass | günstigste*
    | billigste* | günstiges | günstige flüge | was läuft | in den umfragen | wie steht es | wie ist der stand
    | stand der | such mir | suche mir | die adresse | adresse vom | adresse von | telefonnummer
    | welche regeln gelten | wie ist das wetter | was ist los in | kursentwicklung | wo finde ich | wo bekomme ich
    | aktueller stand | der aktuelle stand | aktuelle stand | was läuft im | neuer bundespräsident
    | wie viele abonnenten | reisepass | sonntags auf | sonntags offen | hat auf | hat offen | bewertungen
    | erfahrungsberichte | preisvergleich | lebenshaltungskosten | wo läuft | wann macht | lohnt sich ein besuch
    | was hat | empfehlungen für restaurants
    """,
    ("when", 1.5): """
    heute abend | heute nacht | gestern | gestern abend | morgen früh | aktuell | aktuelle | aktuellen | aktueller
    | derzeit | momentan | zur zeit | im moment | gerade | neulich | kürzlich | diese woche | diesen monat
    | dieses jahr | diese saison | letzte woche | letzten monat | nächste woche | nächsten monat | neueste*
    | neuste* | jüngste* | dieses wochenende | am wochenende | zuletzt | übermorgen | vorgestern | inzwischen
    | zurzeit | heuer | vor kurzem | soeben | eben erst | heute vormittag | heute nachmittag | heute mittag
    | diesen sommer | diesen winter | dieser tage | in den letzten tagen | letzte nacht | letztes wochenende
    | kommende woche | nächstes wochenende | bald | vor zwei tagen | aktuellste*
    """,
    ("when", 1): """
    heute | heutige* | morgen | am montag | am dienstag | am mittwoch | am donnerstag | am freitag | am samstag
    | am sonntag | jetzt | heute früh | nächstes jahr | letztes jahr | mittlerweile | der neue | die neue | das neue
    | neuer | neue | neuen | samstags | sonntags
    """,
    ("when", 0.5): "schon | noch | nächste*",
    ("live", 1.5): """
    wetter | vorhersage | wahlergebnis* | tabellenstand | leitzins* | bundesliga | landtagswahl* | bundestagswahl*
    | benzinpreis* | regnet | regnen | schneit | schneien | trainer von | trainer bei | bürgermeister von | chef von
    | papst | aufstellung | tabelle der | verspätung* | ausfall | warnstreik | spritpreis* | mietpreis*
    | deutschlandticket | dax | mehrwertsteuersatz | mindestlohn | rentenerhöhung | wie steht | ölpreis | goldpreis
    | fahrplan | feiertag* | testbericht*
    """,
    ("live", 1): """
    preis | preise | kosten | kostet | kurs | aktie | aktien | börse | wahl | wahlen | umfrage* | kanzler
    | bundeskanzler | präsident | minister | ministerpräsident* | regierung | spiel | gespielt | ergebnis
    | ergebnisse | gewonnen | gewinnt | nachrichten | neuigkeiten | zug | bahn | flug | flüge | stau | streik*
    | geöffnet | passiert | verletzt | gestorben | visum | veröffentlicht | erschienen | politik | konzert | termin
    | kino | bewertung* | restaurant* | angebot* | zinsen | trainer | bürgermeister* | regen | schnee | sturm
    | dollar | euro | spielt | verloren | zurückgetreten | gewählt | verhaftet | pleite | insolven* | gekauft
    | neuer | staffel | folge | album | tour | ticket | tickets | test von | testsieger | verfügbar | lieferbar
    | schließt | öffnet | fährt | gilt | erhöhung | steuer | zinssatz | inflation | rente | bitcoin | fußball | wm
    | em | olympia | oscar | nobelpreis* | tatort | partei | vorn | führt | liegt in | diesel | benzin | bundestag
    | bundesrat | messe | weihnachtsmarkt | zahnarzt | arzt in | hotel | hotels | serie | koalition | tagesschau
    | schneefall | explosion | unfall | gesetz | regeln gelten | gelten | s bahn | u bahn | sperrung | gesperrt
    | gestreikt | urteil | prozess gegen | gehalt | miete | tarifverhandlungen | bundespräsident* | bahncard | rewe
    | edeka | aldi | apotheke | verhandlungen | gewerkschaft | impfung* | steuerreform | kanzlerin
    | regierungskoalition | transfer
    """,
    ("make", 1): """
    schreib | schreibe | schreiben | verfasse | verfass | dichte | erfinde | erzähl | erzähle | erstelle | erstell
    | entwirf | mach | mache | gib | gib mir | ich brauche | ich brauch | ich möchte | ich hätte gern | formuliere
    | denk dir | programmier* | implementier* | entwickle | entwickel | bau | baue | setz | führe | generiere
    | schreiben sie | verfassen | verfass* | entwerf* | entwickel* | erfind* | erzähl* | erstell* | formulier*
    | kreier* | entwirf* | dicht* | könnten sie | könntest du | helfen sie mir | hilf mir | generier*
    | kannst du mir | überleg dir | lass dir | verwandle | mach daraus | hast du | wünsche mir | bräuchte
    | sag mir einen | erzähl mir einen | fällt dir
    """,
    ("verse", 2): """
    gedicht | gedichte | geschichte | gutenachtgeschichte | kurzgeschichte | märchen | fabel | ballade | sonett
    | haiku | limerick | lied | liedtext | songtext | reim | reime | witz | witze | werbespruch | slogan
    | werbeslogan | rede | hochzeitsrede | trauerrede | dialog | monolog | drehbuch | szene | krimi | erzählung
    | roman | satire | parodie | namensideen | sketch | namensvorschläge | motto | trinkspruch | gruselgeschichte
    | liebesbrief | anekdote | zungenbrecher | sage | kurzgeschichten | erzählungen | absatz über
    | beschreibenden absatz | kreative sprache | kreativer | metapher | metaphern | limericks | fiktive*
    | wiegenlied | *gedicht | *geschichte | *märchen | *lied | *witz | *rede | *reim | *spruch | *slogan | *roman
    | *szene | *sketch | *ballade | *krimi | teamnamen | bandnamen | spitznamen | trinkspr* | büttenrede
    | theaterstück | songtexte | kosenamen | versen | vers | kapitel | anfang eines romans | tagebucheintrag
    | kindergeschichte | spruch für | hörspiel | parodie auf | geburtstagskarte | anschaulich geschriebenen
    | anschaulichen absatz | namen für | name für | fortsetzung | gästebucheintrag | punkband | *zeiler
    | titel für mein | kurzes theaterstück | kinderbuch | hochzeitszeitung | *verse | ansprache
    """,
    ("creative", 2.5): """
    in reimform | gereimt | im stil von | es war einmal | gutenachtgeschichte | kurzgeschichte | denk dir eine
    | schlüpf* | stell dir vor du | stellen sie sich vor sie | tu so als | tun sie so | in die rolle | verkörper*
    | rollenspiel | kreative sprache | wärst du ein | wenn du ein | in allen folgenden gesprächen | als wären sie
    | als wärst du | aus der sicht von | aus der perspektive | die rolle von | sie wären ein | sie sind ein baum
    | stellen sie sich vor sie sind | lass uns ein rollenspiel | dichte | dichte mir | aus der sicht einer
    | textadventure | innerer monolog | inneren monolog
    """,
    ("creative", 2): "erfinde | erfind* | lustigen | lustige geschichte | etwas lustiges",
    ("artefact", 1.5): """
    funktion | klasse | skript | programm | abfrage | tabelle | datenbank | anwendung | webseite | methode | test
    | tests | generator
    """,
    ("code", 3): """
    fehlermeldung | syntaxfehler | quellcode | regulärer ausdruck | regulären ausdruck | sql abfrage | unit test*
    | kompilier* | implementieren sie | entwickle ein programm | entwickeln sie ein | regulären ausdruck*
    | textdatei | html seite | webseite mit
    """,
    ("code", 2.5): """
    excel | makro | sverweis | *funktion | datenbankabfrage | kommandozeile | wordpress | programmieraufgabe
    | pivottabelle | github | docker | endlosschleife | was macht der befehl | befehl | python programm | c programm
    | cplusplus programm | website in html | schreiben sie ein programm | eine funktion | binärbaum* | rekursion
    | json datei | csv datei | listen der größe | textdateien | kompiliert | quelltext | zeitkomplexität
    | sortierte listen | sortierten | programm das | zeiger in | commit | keyerror | rückgängig machen in git
    | klasse in java | debugg* | android app | vererbung in | nullpointerexception | sql statement | debugge
    | node anwendung | schnittstelle und | abstrakte klasse
    """,
    ("code", 2): "mein code | diesen code | dieser code | der code | programmier* | skript | exit code",
    ("code", 1.5): """
    funktion | algorithmus | schleife | rekursiv* | klasse | zeiger | datenbank | variable | datenstruktur*
    | zeichenkette* | arrays | implementier* | binäre suche | *fehler | datenbank* | *skript | zeilen löschen
    | spalte | installier* | konfigur* | schnittstelle | server | paket | compiler | entwicklungsumgebung | website
    | webseite
    """,
    ("code", 1): """
    fehler | methode | datei | bibliothek | startet nicht | sortiere | array | abfrage | programm | absturz
    | stürzt ab
    """,
    ("reasoning", 3): """
    beweise | beweise dass | beweis | widerlege | leite her | herleit* | gleichungssystem* | vor und nachteile
    | vor und die nachteile | schritt für schritt | wahrscheinlichkeit | pro und contra | wäge ab | abwäg*
    | logikrätsel | wie viele möglichkeiten | beweisen sie | lösen sie | löse die | argumente für und gegen
    | dafür und dagegen | finde den fehler | was ist wahrscheinlicher | beide seiten | kosten nutzen | zinseszins*
    """,
    ("reasoning", 2.5): """
    mindestens eine | ist es sinnvoller | sinnvoller | geteilt wird | gesamtkosten | insgesamt kosten | nach z auf
    | nach x auf | nach y auf | löse x | finden sie unter der voraussetzung | gehört nicht zu | welches wort gehört
    | überholt | in welcher beziehung | erläutern sie ihre überlegung* | wie viele verschiedene | zeige dass
    | zeigen sie dass | folge | zahlenfolge | wie viele quadrate | vergleiche mieten | rechne | rechne aus
    | berechnen sie | logikfehler | denkfehler | gerade ist | ungerade | für und wider | zu einem urteil
    | wahrscheinlicher | annahmen | prämissen | gegenbeispiel | rechne mir | wie lange braucht
    """,
    ("reasoning", 2): """
    gleichung | löse | integral | ableitung | rätsel | abwägen | wäge | schätze | begründe deine | trugschluss
    | fehlschl* | nachteile | denke nach | teilbar | dreieck* | fläche | umfang | durchschnitt* | rest bei
    | primzahl* | überlegungsschritte | aussage wahr | aussagen | gehört nicht | wie viele brüder
    | wie viele schwestern | beziehung stehen | quadratwurzel | prozent der | ungleichung* | ganze zahl* | logisch*
    | übrig | lohnt sich | lohnt es sich | entscheide | entscheiden zwischen | was ist besser | besser zu | würfel*
    | wenn und nur | wie groß ist die chance | chance dass | logik | folgt daraus | widerspruch | matrix | ableiten
    | abgeleitet | grenzwert | vektor* | durchschnittlich | insgesamt | mindestens | höchstens | doppelt so
    | halb so
    """,
    ("reasoning", 1.5): """
    berechne | analysiere | vergleiche | bewerte | begründe | argument | strategie | optimal* | folgere | beurteile
    | kritisch | wert von | summe | erläutern sie ihre | erkläre deine
    """,
    ("handle", 3): """
    fasse | zusammenfass* | zusammen | übersetz* | korrekturlesen | korrigiere meinen | formuliere um | umformulier*
    | stichpunkte | den folgenden absatz | folgenden text | folgenden absatz | folgende sätze | bearbeiten sie
    | lesen sie den | lies den folgenden | übersetzer* | höflicher | formeller | freundlicher | kürzer
    | verständlicher | diesen satz | diesen text | den text | den satz | auf deutsch | ins englische | ins deutsche
    | überarbeit* | kürze den | kürze diesen | kürze das | korrigiere den text | korrigieren sie den text
    """,
    ("letter", 2): """
    mail | e mail | email | brief | bewerbung | anschreiben | lebenslauf | bericht | aufsatz | artikel | einladung
    | kündigung | liste | plan | rezept | blogbeitrag | blog beitrag | blogeintrag | reiseblog beitrag | beitrag
    | gliederung | überschrift | überschriften | produktbeschreibung | rezension | protokoll | *plan | *brief
    | *mail | *beitrag | *bericht | *liste | *schreiben | *text | dankeskarte | entschuldigung | beschwerde
    | zusammenfassung | profil | anleitung
    """,
    ("work", 1): """
    erklär* | beschreib* | wie kann ich | wie mache ich | wie soll ich | was soll ich | tipps | rat | ratschläge
    | empfiehl | hilf mir | überblick | unterschied zwischen | warum | plane | ideen | erläuter* | gib mir
    | wie funktioniert | wie lerne ich | anleitung | unterschied* | auswirkung* | vorteile | methoden | strategien
    | faktoren | herausforderung* | was wäre wenn | weshalb | wieso | wie kann man | wie können | wie könnte
    | wie wirkt | wie wirken | die wichtigsten | ursachen | folgen | grundlagen | verbessern | bedeutung von
    | merkmale | zusammenhang | wie entsteht | wie entstehen | ratschl* | empfehl* | sollte ich | überzeugen
    | wie überrede | wie bringe ich | wie überzeuge | wie lernt man | wie wird man | wie sage ich | was tun
    | was hilft | was mache ich | wie geht man | was hältst du | meinung | wie bekomme ich | wie schaffe ich
    | hilft gegen | soll ich | anfangen | besser werden | worauf muss | worauf sollte | wie formuliere | wie koche
    | wie pflege | wie reinige | wie entferne | wie bereite | schritte | wie schreibe ich | was schenke
    | was kann ich | vorteile von | nachteile von | am besten | was bringt | kündige | wechsle
    """,
    ("small", 3): """
    was ist die hauptstadt | hauptstadt von | was bedeutet | was heißt | wie geht s | wie geht es | guten morgen
    | guten abend | gute nacht | guten tag | danke | mehrzahl von | gegenteil von | wie schreibt man | wofür steht
    | wie heißt | wie hoch ist der | wie groß ist | wie weit ist | welche farbe | wer erfand | wer hat entdeckt
    | alles klar | vielen dank | gern geschehen | bis später | bis bald | schönen tag | auf englisch | auf spanisch
    | auf französisch | in welchem jahr | welcher planet | welches land | wie viel ist | wer hat die | der höchste
    | der längste | die größte | das war s | chemisches symbol | wer war
    """,
    ("small", 2): """
    hallo | hi | servus | tschüss | moin | wer schrieb | wer malte | wie viele | definiere | wer hat erfunden
    """,
    ("not", 1): """
    ohne | statt | anstatt | such nicht | schreib nicht | schreibe nicht | bitte nicht | kein code | kein gedicht
    | keine geschichte | keinen code | bitte kein | bitte keine | bitte keinen
    """,
    ("ask", 1): """
    was | wer | wie | wo | wann | warum | welche | welcher | welches | wieso | ist | sind | gibt | hat | erklär*
    | beschreib* | finde
    """,
    ("fact", 1): """
    wer | wann | was ist | was sind | wo ist | wo liegt | wie viele | wie viel | wie hoch | wie groß | wie alt
    | wie weit | wie lange | wie heißt | ist ein | ist eine | ist der | sind | welcher | welches | welche
    | in welchem jahr | wie lautet
    """,
    ("yesno", 1): "hat | haben | gibt es | wird | werden | ist schon | sind schon | kommt | kommen",
    ("perfect", 1): "hat | haben",
    ("self", 1): "ich | mein | meine | meinem | meinen | mir | mich | wir | uns | unser | unsere | du | dir | dich",
    ("quantity", 1): """
    wie viele | wie viel | wie lange | wie alt | wie weit | wie schnell | in welcher | welche | wie hoch
    """,
    ("number", 1): """
    zwei | drei | vier | fünf | sechs | sieben | acht | neun | zehn | elf | zwölf | zwanzig | hundert | tausend
    | hälfte | halb | doppelt | drittel | viertel | prozent | jeder | je
    """,
    ("either", 1): "oder",
    ("choice", 1): "soll | sollte | sollten | besser | lieber | sinnvoller",
    ("names", 1): """
    das wort | der begriff | den begriff | der ausdruck | die funktion | der befehl | wort | begriff | die methode
    """,
}
