"""Cues in Spanish."""

from providers.dispatch.intents.lexicon import Table

SPANISH: Table = {
    ("lookup", 3): """
    últimas noticias | noticias sobre | noticias de | qué hay de nuevo | novedades | busca en internet
    | busca en la web | busca información | con fuentes | cita fuentes | cita las fuentes | última versión
    | estudios recientes | horario de | tipo de cambio | precio actual | cerca de mí | pronóstico del tiempo
    | qué tiempo hará | qué tiempo hace | número de teléfono de | dónde comprar | dónde puedo comprar
    | cuánto cuesta | cuánto cuestan | google | artículos recientes
    """,
    ("lookup", 2): """
    quién ganó | quién ha ganado | cuándo sale | cuándo se estrena | a qué hora abre | a qué hora cierra
    | está abierto | cuándo juega | enlace a | enlace al | busca un | busca una | hotel barato | hoteles en
    | restaurantes en | conciertos en | eventos en | qué hacer en | es cierto que | es verdad que | más barato
    | más baratos | cómo quedó | opiniones de | vuelos a | cómo va | está lloviendo | qué pasó | dirección de
    | dónde está la oficina | dónde encuentro | qué se sabe | récord mundial | a cuánto está | va ganando
    | alerta de | cuántos seguidores | reseñas de | dónde ver | qué canal | costo de vida | pasaporte | quién va
    """,
    ("lookup", 1.5): "cómo está el tráfico | cuánto vale",
    ("when", 1.5): """
    ayer | anoche | esta noche | esta semana | este mes | este año | esta temporada | en este momento | ahora mismo
    | actualmente | recientemente | últimamente | la semana pasada | el mes pasado | la próxima semana
    | este fin de semana | reciente | recientes | pasado mañana | última hora | esta tarde | esta mañana
    | este verano | este invierno | estos días | hace unos días | próxima semana | próximo mes | el último
    | la última | en vivo | en directo | hasta ahora | a día de hoy | hoy en día | actual | actuales | hace poco
    | acaba de
    """,
    ("when", 1): """
    hoy | mañana | el lunes | el martes | el miércoles | el jueves | el viernes | el sábado | el domingo
    | el año pasado | el próximo año | pronto | todavía | el nuevo | la nueva | los nuevos | las nuevas
    | fin de semana | los lunes | los domingos
    """,
    ("when", 0.5): "ahora | último | última | últimos | últimas | nuevo | nueva | próximo | próxima",
    ("live", 1.5): """
    clima | pronóstico | elecciones | clasificación | cotización | la bolsa | huelga | encuesta* | llover | llueve
    | va a llover | nevar | alcalde de | entrenador de | presidente de | gobernador de | retraso* | salario mínimo
    | ibex | alineación | a qué hora | qué hora abre | hay huelga | precio del | precio de la | horario | entrada a
    | última hora
    """,
    ("live", 1): """
    precio | precios | costo | coste | cuesta | partido | resultado | resultados | marcador | presidente
    | primer ministro | gobierno | ministro | ganó | noticias | vuelo | vuelos | tren | trenes | tráfico | entradas
    | visa | visado | abierto | cierra | abre | inflación | dólar | euro | gasolina | murió | pasó | concierto
    | guerra | restaurante* | población | acciones | tiempo hará | estreno | alcalde | alcaldesa | entrenador | papa
    | lluvia | nieve | tormenta | juega | perdió | renunció | dimitió | elegido | detenido | temporada | episodio
    | capítulo | álbum | gira | disponible | alquiler | sueldo | salario | impuesto | bitcoin | fútbol | liga
    | mundial | champions | goya | nobel | terremoto | incendio* | manifestación | ganador | ganadores | fichaje
    | barça | real madrid | hotel | museo | serie | película | diésel | partido político | encuestas | farmacia
    | dentista | médico en | evento | debate | ley | explosión | accidente | juicio | atentado | aerolínea*
    | android | iphone | vuelta | tour | metro | cartelera | cine | seguidores | vacunas | negociaciones
    | sindicatos | alerta | pasaporte
    """,
    ("make", 1): """
    escribe | escribir | escríbeme | redacta | compón | componer | inventa | invéntate | cuéntame | cuenta | crea
    | créame | haz | hazme | dame | necesito | quiero | quisiera | imagina | genera | desarrolla | implementa
    | programa | continúa | propón | escrib* | redact* | compon* | invent* | imagin* | elabor* | desarroll* | crea*
    | podrías | puedes | podría | ayúd* | gener* | implement* | propon* | convierte | transforma | piensa
    | busca un nombre | me gustaría | canta | improvisa | sugiere | reescribe | ponle
    """,
    ("verse", 2): """
    poema | poemas | poesía | cuento | cuentos | historia | relato | fábula | soneto | haiku | canción | letra de
    | chiste | chistes | eslogan | slogan | lema | discurso | diálogo | monólogo | guion | guión | escena | novela
    | parodia | sátira | leyenda | rima | rimas | adivinanza | nombres para | carta de amor | brindis | copla
    | trabalenguas | microrrelato | relatos | relato corto | párrafo descriptivo | metáfora | metáforas | limerick
    | ficción | nana | poesías | chascarrillo | nombres de equipo | apodos | apodo | obra de teatro | votos
    | villancico | himno | rap | juego de palabras | dichos | sketch | monólogo cómico | historia de terror | versos
    | estrofa | estrofas | capítulo | trama | thriller | historia de amor | tarjeta de cumpleaños | ciencia ficción
    | obra corta | microcuento | pregón | comienzo de una novela | nombre para | novela negra | continuación | nanas
    | personaje para | cuarteto | libro infantil | obra de teatro corta | título poético | partida de rol
    """,
    ("creative", 2.5): """
    en rima | al estilo de | había una vez | érase una vez | cuento corto | hazte pasar | juego de rol
    | imagina que eres | imagínate | imagínese que es | adopta el papel | adopta el personaje | adopte el papel
    | asuma el papel | asume el papel | actúa como si | finge* | lenguaje creativo | si fueras un
    | ponte en el lugar | cuento para dormir | desde el punto de vista de | en la voz de | imagínate a ti mismo
    """,
    ("creative", 2): "inventa | invéntate | algo gracioso | poético",
    ("artefact", 1.5): """
    función | clase | script | programa | consulta | aplicación | página web | base de datos | prueba | pruebas
    | generador | tabla
    """,
    ("code", 3): """
    mensaje de error | código fuente | expresión regular | consulta sql | este código | mi código
    | pruebas unitarias | bucle for | archivo de texto | estructura de datos | programación dinámica
    | búsqueda binaria | línea por línea
    """,
    ("code", 2.5): """
    excel | macro | buscarv | wordpress | fórmula | github | docker | bucle infinito | consulta | un programa que
    | una función que | filas repetidas | archivo json | árbol binario | línea de código | complejidad temporal
    | recursión | depurar | este bucle | función recursiva | factorial | clase abstracta | aplicación android
    | let y var | herencia en | una clase en | interfaz y | programación orientada | subo mi proyecto | repositorio
    """,
    ("code", 2): """
    el código | código | programación | no compila | compilar | este error | un script | línea de comandos
    """,
    ("code", 1.5): """
    algoritmo | bucle | recursi* | puntero | variable | bug | arreglo | base de datos | arreglos | implement*
    | cadenas | programa en | instalo | instalar | columna | servidor | paquete | botón | devuelve | compilador
    | consola | api | sitio web | duplicados
    """,
    ("code", 1): "función | método | clase | error | archivo | cadena | falla | lista enlazada | fichero",
    ("reasoning", 3): """
    demuestra | demuestra que | demostrar | demostración | paso a paso | ventajas y desventajas | pros y contras
    | ventajas e inconvenientes | probabilidad | sistema de ecuaciones | resuelve | sopesa | demuestre | resuelva
    | argumentos a favor y en contra | encuentra el error | interés compuesto | cuál es la probabilidad
    | qué probabilidad | qué es más probable
    """,
    ("reasoning", 2.5): """
    la derivada | dentro de | si todos los | qué día será | cantidad total | por qué razones
    | cuáles podrían ser las razones | más rentable | punto de vista lógico | muestra que | cuánto gasta
    | siguiente número | sucesión | cuántos cuadrados | es par | por inducción | error de razonamiento | cada 100
    | al contado | más probable | supuestos | premisas | contraejemplo | qué edades tienen | el triple | me conviene
    | conviene alquilar | alquilar o comprar
    """,
    ("reasoning", 2): """
    ecuación | integral | derivada | acertijo | teorema | justifica tu | razona | estima | razonamiento | falacia*
    | de cuántas maneras | de cuántas formas | números primos | triángulo | área | perímetro | promedio | resto de
    | raíz cuadrada | número primo | tus razonamientos | su razonamiento | verdadera falsa | verdadera o falsa
    | cuántos hermanos | cuántas hermanas | relación entre | desigualdad* | porcentaje | vértices | no va con
    | no pertenece | enteros | es mejor | qué conviene más | conviene más | vale la pena | elegir entre
    | cuánto queda | cuántos quedan | dados | lógica | contradicción | límite de | matriz | vector* | al menos
    | como máximo | el doble de | la mitad de | por lo tanto | jarras | mido exactamente | litros | cuánto tarda
    | optimizar
    """,
    ("reasoning", 1.5): """
    calcula | analiza | compara | evalúa | argumento | estrategia | óptim* | deduce | desventajas | críticamente
    | valor de | suma | explica tus | explique su
    """,
    ("handle", 3): """
    resume | resumen | resúmeme | traduce | traducir | tradúceme | corrige el texto | corrige mi | reformula
    | acorta | puntos clave | corrige este texto | siguiente párrafo | siguiente texto | siguiente pasaje
    | siguiente frase | lea atentamente | lee el siguiente | edita el | edite el | traductor | más formal
    | más corto | más amable | esta frase | este párrafo | este texto | al inglés | al español | mejora este
    | reescribe este
    """,
    ("letter", 2): """
    correo | email | carta | carta de presentación | currículum | cv | informe | ensayo | artículo | lista | plan
    | receta | invitación | resumen | entrada de blog | blog | correo electrónico | titular | reseña | esquema
    | descripción del producto | propuesta | publicación de linkedin | plan de comidas | rutina
    | rutina de ejercicios | nota de agradecimiento | disculpa | queja | biografía | perfil | tutorial | guía
    | menú semanal
    """,
    ("work", 1): """
    explica | explícame | explicar | describe | cómo puedo | cómo se hace | consejos | consejo | ayúdame
    | diferencia entre | por qué | qué debo | qué debería | ideas | planea | organiza | cómo funciona | háblame
    | dime cómo | recomiéndame | recomienda | diferencias | efectos | impacto | ventajas | estrategias | factores
    | desafíos | qué pasaría si | y si | cómo pueden | cómo podemos | cómo afecta | cómo influye* | principios
    | causas | consecuencias | fundamentos | mejorar | papel de | importancia de | mejores formas | convencer
    | cómo aprender | cómo convencer | cómo preparar | qué hago | qué opinas | tu opinión | cómo decirle
    | cómo dejar | cómo superar | cómo empezar | mejorar mi | trucos | para principiantes | cómo lograr | cómo ser
    | cómo cuido | cómo cocino | cómo limpio | pasos | cómo escribo | qué puedo | qué regalo | cómo hago para
    | ventajas de | ahorrar | cada mes
    """,
    ("small", 3): """
    cuál es la capital | capital de | cómo se dice | qué significa | qué quiere decir | cómo estás | qué tal
    | gracias | buenos días | buenas tardes | buenas noches | plural de | lo contrario de | sinónimo de | cuántos
    | cuántas | de qué color | quién inventó | quién descubrió | en qué año | qué planeta | qué país | buen día
    | hasta luego | de nada | muchas gracias | en inglés | en francés | cómo se llama | qué altura | cuánto mide
    | entendido | cuánto es | símbolo químico | más largo del mundo | más grande del mundo | más alto del mundo
    | quién fue | quién era
    """,
    ("small", 2): "hola | adiós | vale | quién escribió | quién pintó | define",
    ("not", 1): "sin | no escribas | no busques | no uses | no quiero | no necesito | en vez de | en lugar de",
    ("ask", 1): """
    qué | cuál | cuáles | quién | quiénes | dónde | cuándo | cómo | cuánto | cuánta | por qué | es | está | hay
    | explica | describe
    """,
    ("fact", 1): """
    quién | cuándo | qué es | cuál es | cuáles son | dónde | cuántos | cuántas | cuánto mide | en qué año
    | cómo se llama | es un | es una | qué color | de qué color
    """,
    ("yesno", 1): "hay | ha | han | va a | van a | ya salió | sigue | será",
    ("perfect", 1): "ha | han | ya",
    ("self", 1): "yo | mi | mis | me | conmigo | nosotros | nuestro | nuestra | nos | mí | te | tu",
    ("quantity", 1): "cuánto | cuánta | cuántos | cuántas | qué edad | a qué | cuál es | cuáles",
    ("number", 1): """
    dos | tres | cuatro | cinco | seis | siete | ocho | nueve | diez | once | doce | veinte | treinta | cien | mil
    | mitad | doble | tercio | cuarto | por ciento | cada uno | cada una
    """,
    ("either", 1): "o",
    ("choice", 1): "debería | deberíamos | mejor | conviene",
    ("names", 1): "la palabra | el término | la expresión | la función | el comando | el método | palabra | término",
}
