"""Cues in French."""

from providers.dispatch.intents.lexicon import Table

FRENCH: Table = {
    ("lookup", 3): """
    dernières nouvelles | dernières actualités | actualités | actualité sur | infos sur | quoi de neuf
    | quelles nouvelles | cherche sur internet | recherche sur internet | cherche sur le web | avec des sources
    | cite tes sources | citez vos sources | dernière version | dernières études | études récentes
    | articles récents | horaires d ouverture | taux de change | cours de l action | cours du | près de chez moi
    | près d ici | prévisions météo | quel temps fera | quel temps fait | numéro de téléphone de | où acheter
    | où trouver | combien coûte | google
    """,
    ("lookup", 2): """
    qui a gagné | qui a remporté | quand sort | quand sortira | à quelle heure ouvre | à quelle heure ferme
    | est il ouvert | lien vers | hôtel pas cher | hôtels à | restaurants à | concerts à | événements à
    | que faire à | est ouvert | est il vrai | le moins cher | les moins chers | billets pour | itinéraire
    | qui est le nouveau | qui est la nouvelle | avis sur | cours de | reste t il des places | encore des places
    | quelle est la météo | adresse de | où se trouve | numéro de | est ce vrai que | roule normalement
    | à l affiche | combien d abonnés | avis sur le | prix de | où regarder | quelle chaîne | coût de la vie
    | passeport | qui va gagner
    """,
    ("when", 1.5): """
    hier | hier soir | demain | ce soir | cette nuit | cette semaine | ce mois | cette année | cette saison
    | en ce moment | actuellement | récemment | dernièrement | la semaine dernière | le mois dernier
    | la semaine prochaine | ce week end | récent | récents | récente | récentes | actuel | actuelle | actuels
    | prochain | prochaine | cet après midi | ce matin | cet été | cet hiver | ces jours ci | il y a quelques jours
    | en direct | tout juste | à l heure actuelle | semaine prochaine | mois prochain | ces derniers | ces dernières
    | avant hier | après demain | dernier épisode | le dernier | la dernière
    """,
    ("when", 1): """
    aujourd hui | maintenant | lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche | bientôt
    | cette fois | l an dernier | l année dernière | l an prochain | le nouveau | la nouvelle | le nouvel
    | les nouveaux | ce lundi | ce samedi | ce dimanche | le lundi | le dimanche
    """,
    ("when", 0.5): "dernier | dernière | dernières | derniers | nouveau | nouvelle | encore",
    ("live", 1.5): """
    météo | prévisions | élections | élection | classement | sondage* | bourse | grève | grèves | pleuvoir | pleut
    | il va pleuvoir | neiger | maire de | entraîneur de | pdg de | patron de | retard | retards | perturbation*
    | smic | cac 40 | horaires | programme tv | y a t il des | quelle heure ouvre | à quelle heure | en tête
    | prix de l or | où en est | horaires de | le prix de
    """,
    ("live", 1): """
    prix | coût | tarif | tarifs | cours | score | résultat | résultats | match | président | premier ministre
    | ministre | gouvernement | gagné | remporté | vol | vols | train | trains | billet | billets | visa | ouvert
    | fermé | trafic | sorti | annoncé | concert | guerre | négociations | inflation | mort | nouvelles
    | tour de france | restaurant* | population | se passe | passé hier | maire | entraîneur | pape | pluie | neige
    | tempête | dollar | euro | joue | gagne | perdu | démission* | élu | arrêté | saison | épisode | album
    | tournée | places pour | test du | disponible | ferme | ouvre | essence | carburant | loyer | salaire | impôt
    | bitcoin | foot | ligue 1 | coupe du monde | jo | césar | nobel | séisme | incendie* | manifestation* | musée
    | ministre de | nouveau président | diesel | sncf | ratp | série | film | sortie de | hôtel | dentiste | médecin
    | parti | sondages | psg | om | places | action | loi | explosion | accident | attentat | procès | spectacle
    | horaire | salaire moyen | goncourt | métro | ligne | rer | affiche | cinéma | abonnés | vaccins | négociation
    | syndicats | transfert | films | réforme | équipe | ligue
    """,
    ("make", 1): """
    écris | écrivez | écrire | rédige | rédigez | compose | composez | invente | inventez | raconte | racontez
    | imagine | imaginez | crée | créez | fais | faites | donne | donne moi | j ai besoin d | je veux | je voudrais
    | trouve moi | propose | génère | développe | implémente | programme | écriv* | rédig* | compos* | invent*
    | racont* | imagin* | élabor* | développ* | pourriez vous | peux tu | pouvez vous | aidez moi | générez
    | implément* | proposez | j aimerais | j aurais besoin | transforme | mets | trouve | cherche moi | réécris
    | chante | peux tu m écrire | improvise | dis moi une
    """,
    ("verse", 2): """
    poème | poèmes | poésie | histoire | conte | comptine | fable | sonnet | haïku | haiku | chanson | paroles
    | blague | blagues | slogan | slogans | devise | discours | dialogue | monologue | scénario | scène | un roman
    | une nouvelle | parodie | satire | légende | ode | ballade | acrostiche | lettre d amour | rime | rimes
    | devinette | noms pour | idées de noms | toast | récit | nouvelle fantastique | paragraphe descriptif
    | métaphore | métaphores | limerick | roman policier | berceuse | monologues | fiction | petit poème | sketch
    | noms d équipe | surnoms | surnom | pièce de théâtre | vœux | toasts | conte de noël | virelangue | épopée
    | haïkus | parolier | jeu de mots | jeux de mots | début d un roman | petit mot drôle | mot drôle
    | quelques vers | vers | chapitre | intrigue | thriller | carte d anniversaire | texte drôle | saynète | pièce
    | science fiction | conte pour enfants | la suite du | la suite de | nom pour | un nom pour | devinettes
    | virelangues | titre poétique | quatrain | livre pour enfants | pièce courte | discours de mariage
    """,
    ("creative", 2.5): """
    en rimes | à la manière de | dans le style de | il était une fois | histoire drôle | histoire courte
    | pour endormir | jeu de rôle | fais semblant | faites semblant | imagine que tu es | imaginez que vous
    | mets toi dans la peau | mettez vous dans la peau | glisse toi dans la peau | incarne* | joue le rôle
    | jouez le rôle | prends le rôle | langage créatif | si tu étais un | adoptez le rôle | fais toi passer
    | faites vous passer | dans le rôle de | du point de vue de | à la place de | adopte le rôle
    """,
    ("creative", 2): "invente | inventez | poétique | quelque chose de drôle",
    ("artefact", 1.5): """
    fonction | classe | script | programme | requête | application | site web | page web | base de données | test
    | tests | générateur
    """,
    ("code", 3): """
    message d erreur | code source | expression régulière | requête sql | ce code | mon code | tests unitaires
    | ligne de commande | fichier texte | structure de données | programmation dynamique | recherche binaire
    | page web
    """,
    ("code", 2.5): """
    excel | macro | recherchev | wordpress | formule | base de données | github | docker | boucle infinie | requête
    | jointure | un programme qui | une fonction qui | script | plante avec | arbre binaire | fichier json
    | ligne de code | complexité | déboguer | débogage | fonction récursive | factorielle | classe abstraite
    | application android | let et var | héritage en | dictionnaire par valeur | interface et | page blanche
    | après le build | programmation orientée
    """,
    ("code", 2): "le code | du code | programmation | compile pas | compiler | un script | fichier csv | boucle for",
    ("code", 1.5): """
    algorithme | boucle | récursi* | pointeur | variable | bug | tableau | tableaux | implément* | chaînes
    | installer | installe | colonne | serveur | paquet | bouton | renvoie | compilateur | console | api | site web
    | doublons | adresse ip | développe un programme | développer un programme
    """,
    ("code", 1): "fonction | méthode | classe | erreur | fichier | chaîne de caractères | plante | liste chaînée",
    ("reasoning", 3): """
    démontre* | démontrez | prouve* | démonstration | étape par étape | avantages et les inconvénients
    | avantages et inconvénients | pour et le contre | pour et contre | probabilité | système d équations | résous
    | résoudre | pèse le pour | arguments pour et contre | trouve l erreur | intérêts composés
    | quelle est la probabilité | chances de | rapport coût
    """,
    ("reasoning", 2.5): """
    chacun combien | combien reçoit | proportionnellement | l ombre | expliquez votre raisonnement | affirmations
    | lien de parenté | si tous les | faut il mieux | plus rentable | montre que | montrez que | suite logique
    | en combien de | combien de carrés | compare la location | calculez | erreur de raisonnement
    | est pair | par récurrence | l intégrale | pour ou contre | plus probable | hypothèses | prémisses
    | contre exemple | combien de façons
    """,
    ("reasoning", 2): """
    équation | intégrale | dérivée | énigme | théorème | justifie ta | raisonne* | estime | raisonnement | sophisme*
    | triangle | aire | périmètre | moyenne | reste de | racine carrée | nombre premier | nombres premiers
    | étapes de ton raisonnement | vraie ou fausse | vraie fausse | intrus | combien de frères | combien de sœurs
    | relation entre | inégalité* | pourcentage | prouvez | nombre entier | entiers | vaut il mieux
    | est il préférable | que choisir entre | choisir entre | aurai je | combien aurai | combien reste | logique
    | contradiction | limite de | matrice | vecteur* | au moins | au plus | deux fois plus | moitié moins | donc
    | déduire | optimiser | total de | gagne t il
    """,
    ("reasoning", 1.5): """
    calcule | analyse | analysez | compare | comparez | évalue | argument | stratégie | optimal* | déduis
    | inconvénients | critique | valeur de | somme | explique ton raisonnement
    """,
    ("handle", 3): """
    résume* | traduis* | traduisez | traduire | corrige mon texte | corrige les fautes | reformule* | raccourcis
    | corrige ce texte | points clés | paragraphe suivant | texte suivant | passage suivant | phrase suivante
    | lisez le | lis le texte | modifiez le paragraphe | traducteur | plus poli | plus formel | plus court
    | cette phrase | ce paragraphe | ce texte | en anglais | en français | améliore ce | réécris ce | le texte
    """,
    ("letter", 2): """
    mail | e mail | email | courriel | lettre | lettre de motivation | cv | rapport | article | dissertation | liste
    | plan | recette | invitation | article de blog | billet de blog | blog | titre accrocheur | plan détaillé
    | critique de | fiche | compte rendu | plaquette | post linkedin | programme d entraînement | planning
    | menu de la semaine | mot de remerciement | excuses | réclamation | discours d entreprise | biographie | profil
    | résumé | tutoriel | guide | attestation
    """,
    ("work", 1): """
    explique* | expliquez | décris | décrivez | comment faire | comment puis je | conseils | conseil | aide moi
    | aidez moi | différence entre | aperçu | pourquoi | que dois je | idées | propose | organise | planifie
    | comment fonctionne | comment marche | parle moi | différences | effets | impact | avantages | stratégies
    | facteurs | défis | que se passerait il | et si | comment peut on | comment les | comment la | comment le
    | principes | causes | conséquences | bases | améliorer | rôle de | importance de | meilleures façons
    | convaincre | comment bien | comment préparer | comment apprendre | comment convaincre | comment dire à
    | que faire | que penses tu | qu en penses tu | ton avis | comment devenir | comment gérer | comment réussir
    | comment arrêter | débuter | astuces | pour débutant | étapes | comment cuisiner | comment entretenir
    | comment nettoyer | comment écrire | que puis je | quel cadeau | négocier | avantages de | donne moi une
    """,
    ("small", 3): """
    capitale | comment dit on | que veut dire | que signifie | comment ça va | ça va | merci | bonne nuit
    | pluriel de | contraire de | synonyme de | comment écrit on | quelle couleur
    | quelle est la couleur | qui a inventé | qui a découvert | en quelle année | quelle planète | quel pays
    | bonne journée | à bientôt | de rien | d accord | super merci | merci beaucoup | en espagnol | en italien
    | quelle hauteur | quelle est la hauteur | comment s appelle | combien font | combien fait | symbole chimique
    | le plus long | la plus grande | le plus haut | qui était
    """,
    ("small", 2): """
    bonjour | salut | bonsoir | au revoir | coucou | qui a écrit | qui a peint | combien de | combien y a t il
    | définis
    """,
    ("not", 1): """
    sans | pas de | pas d | pas un | pas une | n écris pas | ne cherche pas | n utilise pas | au lieu de
    | plutôt que
    """,
    ("ask", 1): """
    quel | quelle | quels | quelles | qui | que | quoi | où | quand | comment | pourquoi | combien | est | explique*
    | décris
    """,
    ("fact", 1): """
    qui | quand | qu est ce que | quel est | quelle est | quels sont | où | combien | est ce que | en quelle année
    | comment s appelle
    """,
    ("yesno", 1): "y a t il | est ce que | a t il | a t elle | va t il | va t on | ont ils | est il | est elle",
    ("perfect", 1): "a t il | a t elle | ont ils | est ce que le | est ce que la",
    ("self", 1): "je | j | mon | ma | mes | moi | nous | notre | nos | me | m | tu | toi",
    ("quantity", 1): "combien | quel âge | quelle distance | à quelle | quelle est",
    ("number", 1): """
    deux | trois | quatre | cinq | six | sept | huit | neuf | dix | onze | douze | vingt | trente | cent | mille
    | moitié | double | tiers | quart | pour cent | chacun | chacune
    """,
    ("either", 1): "ou",
    ("choice", 1): "devrais | devrait | faut il | mieux | vaut",
    ("names", 1): "le mot | le terme | l expression | la fonction | la commande | la méthode | terme",
}
