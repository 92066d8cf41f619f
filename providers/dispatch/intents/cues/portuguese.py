"""Cues in Portuguese."""

from providers.dispatch.intents.lexicon import Table

PORTUGUESE: Table = {
    ("lookup", 3): """
    últimas notícias | notícias sobre | notícias de | novidades | o que há de novo | pesquise na internet
    | pesquisa na internet | procure na internet | busque na internet | com fontes | cite fontes | cita as fontes
    | última versão | versão mais recente | estudos recentes | horário de funcionamento | taxa de câmbio | cotação
    | preço atual | perto de mim | previsão do tempo | como está o tempo | telefone de | onde comprar | quanto custa
    | quanto custam | google | mais recentes
    """,
    ("lookup", 2): """
    quem ganhou | quem venceu | quando sai | quando estreia | a que horas abre | a que horas fecha | que horas abre
    | que horas fecha | está aberto | quando joga | link para | procure um | procura um | hotel barato | hotéis em
    | restaurantes em | shows em | eventos em | o que fazer em | é verdade que | mais barato | mais baratos
    | avaliações de | voos para | como ficou | tem jogo | como está o | está chovendo | o que se sabe | endereço de
    | onde fica o | onde encontro | recorde mundial | subiu ou caiu | liderando | quanto está | previsão para
    | alerta de | quantos seguidores | resenhas de | onde assistir | qual canal | custo de vida | passaporte
    | quem está ganhando
    """,
    ("when", 1.5): """
    ontem | ontem à noite | esta noite | hoje à noite | esta semana | essa semana | este mês | esse mês | este ano
    | esse ano | neste momento | no momento | agora mesmo | atualmente | recentemente | ultimamente | semana passada
    | mês passado | próxima semana | recente | recentes | depois de amanhã | atual | atuais | esta tarde
    | esta manhã | este verão | este inverno | nestes dias | há poucos dias | próximo mês | o último | a última
    | ao vivo | até agora | hoje em dia | acabou de | há pouco | dia de hoje
    """,
    ("when", 1): """
    hoje | amanhã | na segunda | na terça | na quarta | na quinta | na sexta | no sábado | no domingo | ano passado
    | ano que vem | próximo ano | em breve | ainda | o novo | a nova | os novos | as novas | fim de semana
    | aos domingos
    """,
    ("when", 0.5): "agora | último | última | últimas | últimos | novo | nova | próximo | próxima",
    ("live", 1.5): """
    clima | previsão | eleições | eleição | classificação | a bolsa | greve | pesquisa eleitoral | vai chover
    | chover | chove | nevar | prefeito de | técnico do | treinador do | presidente da | presidente do
    | governador de | atraso* | salário mínimo | ibovespa | escalação | que horas | a que horas | tem greve
    | preço do | preço da | horário | como está o trânsito | trânsito
    """,
    ("live", 1): """
    preço | preços | custo | custa | jogo | resultado | resultados | placar | presidente | primeiro ministro
    | governo | ministro | ganhou | venceu | notícias | voo | voos | comboio | trem | ingressos | bilhetes | visto
    | aberto | inflação | dólar | euro | gasolina | morreu | aconteceu | congresso | estreia | filme | guerra
    | restaurante* | população | ações | sai | prefeito | técnico | treinador | papa | chuva | neve | tempestade
    | joga | jogou | perdeu | renunciou | eleito | preso | temporada | episódio | capítulo | álbum | turnê | show
    | disponível | aluguel | renda | salário | imposto | bitcoin | futebol | brasileirão | copa | nobel | oscar
    | terremoto | incêndio* | vencedor | contratou | benfica | flamengo | hotel | museu | série | diesel
    | taxa selic | selic | pesquisas | farmácia | dentista | evento | partido | lei | explosão | acidente
    | julgamento | subiu | caiu | companhia aérea | metrô | cinema | em cartaz | seguidores | vacinas | negociações
    | sindicatos | alerta | passaporte
    """,
    ("make", 1): """
    escreva | escreve | escrever | redija | componha | compõe | invente | inventa | conte | conta | crie | cria
    | faça | faz | me dê | preciso de | preciso | quero | queria | imagine | gere | gera | desenvolva | implemente
    | programe | continue | escrev* | redij* | compon* | invent* | imagin* | elabor* | desenvolv* | pode escrever
    | você pode | ajude* | implement* | proponh* | me conta | me faz | me escreve | transforme | transforma
    | pense em | gostaria de | cante | improvise | sugira | reescreva como
    """,
    ("verse", 2): """
    poema | poemas | poesia | conto | contos | história | estória | fábula | soneto | haicai | canção | música
    | letra de | piada | piadas | slogan | lema | discurso | diálogo | monólogo | roteiro | cena | romance | paródia
    | sátira | lenda | rima | rimas | adivinha | nomes para | carta de amor | brinde | crônica | trava língua
    | quadra | narrativa | parágrafo descritivo | metáfora | metáforas | limerique | ficção | canção de ninar
    | nomes de time | apelidos | apelido | peça de teatro | votos | hino | rap | trocadilho | trocadilhos | sketch
    | história de terror | cordel | marchinha | versos | estrofe | capítulo | enredo | thriller | história de amor
    | cartão de aniversário | ficção científica | letra | samba | paródia de | miniconto | nome para | continuação
    | começo de um romance | poema de amor | personagem para | quadrinha | livro infantil | peça curta
    | título poético
    """,
    ("creative", 2.5): """
    em rima | no estilo de | ao estilo de | era uma vez | conto curto | finja* | jogo de interpretação
    | imagine que você é | imagine que és | assuma o papel | faça de conta | linguagem criativa | se você fosse um
    | na pele de | história para dormir | do ponto de vista de | na voz de | no papel de
    """,
    ("creative", 2): "invente | inventa | algo engraçado | poético",
    ("artefact", 1.5): """
    função | classe | script | programa | consulta | aplicativo | aplicação | página | base de dados
    | banco de dados | teste | testes | gerador | tabela
    """,
    ("code", 3): """
    mensagem de erro | código fonte | expressão regular | consulta sql | este código | esse código | meu código
    | testes unitários | falha de segmentação | linha de comando | arquivo de texto | estrutura de dados
    | programação dinâmica | busca binária | linha por linha
    """,
    ("code", 2.5): """
    excel | macro | procv | wordpress | fórmula | github | docker | loop infinito | loop | consulta
    | um programa que | uma função que | centralizar um botão | arquivo json | árvore binária | linha de código
    | recursão | depurar | este laço | função recursiva | fatorial | classe abstrata | aplicativo android
    | herança em | interface e | programação orientada | subir meu projeto | repositório
    """,
    ("code", 2): "o código | código | programação | não compila | compilar | um script | laço for",
    ("code", 1.5): """
    algoritmo | laço | recursi* | ponteiro | variável | bug | banco de dados | meu programa | arrays | implement*
    | strings | programa em | instalo | instalar | coluna | servidor | pacote | botão | retorna | compilador
    | console | api | site | duplicados
    """,
    ("code", 1): "função | método | classe | erro | arquivo | ficheiro | falha | lista ligada | autenticação",
    ("reasoning", 3): """
    prove | prove que | demonstre | demonstre que | demonstração | passo a passo | vantagens e desvantagens
    | prós e contras | probabilidade | sistema de equações | resolva | resolve | pese | argumentos a favor e contra
    | encontre o erro | juros compostos | qual é a probabilidade | qual a probabilidade
    """,
    ("reasoning", 2.5): """
    um tanque | enche em | torneiras | a derivada | se todos os | daqui a | mais vantajoso | quanto recebe cada
    | mostre que | próximo número | sequência | quantos quadrados | é par | por indução | erro de raciocínio
    | à vista ou | mais provável | pressupostos | premissas | contraexemplo | em quantos dias | o triplo | operários
    """,
    ("reasoning", 2): """
    equação | integral | derivada | enigma | teorema | justifique | raciocine | estime | raciocínio | falácia*
    | de quantas maneiras | números primos | triângulo | área | perímetro | média | resto de | raiz quadrada
    | número primo | seu raciocínio | verdadeira ou falsa | quantos irmãos | quantas irmãs | relação entre
    | desigualdade* | porcentagem | vértices | não pertence | inteiros | valor total | é melhor | vale a pena
    | compensa mais | escolher entre | quanto sobra | quantos restam | dados | lógica | contradição | limite de
    | matriz | vetor* | pelo menos | no máximo | o dobro | a metade | portanto | litros | quanto tempo leva
    | otimizar
    """,
    ("reasoning", 1.5): """
    calcule | calcula | analise | analisa | compare | avalie | argumento | estratégia | ótim* | deduza
    | desvantagens | criticamente | valor de | soma | explique seu
    """,
    ("handle", 3): """
    resuma | resume | resumo | traduza | traduz | traduzir | corrija o texto | corrige o texto | reescreva
    | reformule | encurte | pontos principais | corrija este texto | seguinte parágrafo | parágrafo a seguir
    | seguinte texto | texto a seguir | leia atentamente | leia o texto | edite o | tradutor | mais formal
    | mais curto | mais educado | esta frase | este parágrafo | este texto | para o inglês | para o português
    | melhore este | reescreva este
    """,
    ("letter", 2): """
    email | e mail | carta | carta de apresentação | currículo | relatório | redação | ensaio | artigo | lista
    | plano | receita | convite | post de blog | postagem | correio eletrônico | manchete | resenha | esboço
    | descrição do produto | proposta | post no linkedin | plano de refeições | rotina | rotina de treino
    | nota de agradecimento | desculpas | reclamação | biografia | perfil | tutorial | guia | cardápio
    """,
    ("work", 1): """
    explique | explica | explicar | descreva | descreve | como posso | como faço | conselhos | dicas | ajude me
    | me ajude | ajuda me | diferença entre | por que | porque | o que devo | ideias | planeje | organize
    | como funciona | fale sobre | recomende | diferenças | efeitos | impacto | vantagens | estratégias | fatores
    | desafios | e se | como podem | como podemos | como afeta | princípios | causas | consequências | fundamentos
    | melhorar | papel de | importância de | melhores formas | convencer | como aprender | como convencer
    | como preparar | o que faço | o que você acha | sua opinião | como dizer | como parar | como superar
    | como começar | melhorar meu | para iniciantes | como conseguir | como ser | como cuido | como cuidar
    | como cozinhar | como limpar | passos | como escrever | o que posso | o que dar | vantagens de
    | por que sentimos
    """,
    ("small", 3): """
    qual é a capital | capital de | capital da | capital do | como se diz | o que significa | o que quer dizer
    | tudo bem | como vai | obrigado | obrigada | bom dia | boa tarde | boa noite | plural de | contrário de
    | sinônimo de | quantos | quantas | de que cor | quem inventou | quem descobriu | em que ano | qual planeta
    | que país | até logo | de nada | muito obrigado | em inglês | em francês | como se chama | qual a altura
    | entendi | quanto é | símbolo químico | mais longo do mundo | maior do mundo | mais alto do mundo | quem foi
    | quem era
    """,
    ("small", 2): "olá | oi | tchau | quem escreveu | quem pintou | defina",
    ("not", 1): "sem | não escreva | não use | não pesquise | não quero | não preciso | em vez de",
    ("ask", 1): """
    que | qual | quais | quem | onde | quando | como | quanto | por que | é | está | há | explique | descreva
    """,
    ("fact", 1): """
    quem | quando | o que é | qual é | qual a | quais são | onde | quantos | quantas | em que ano | como se chama
    | é um | é uma
    """,
    ("yesno", 1): "há | tem | vai | vão | já saiu | houve | será que",
    ("perfect", 1): "já",
    ("self", 1): "eu | meu | minha | meus | minhas | me | mim | nós | nosso | nossa | te | você",
    ("quantity", 1): "quanto | quanta | quantos | quantas | qual é | que idade",
    ("number", 1): """
    dois | duas | três | quatro | cinco | seis | sete | oito | nove | dez | onze | doze | vinte | trinta | cem | mil
    | metade | dobro | terço | quarto | por cento | cada um | cada uma
    """,
    ("either", 1): "ou",
    ("choice", 1): "devo | deveria | devemos | melhor",
    ("names", 1): "a palavra | o termo | a expressão | a função | o comando | o método | palavra | termo",
}
