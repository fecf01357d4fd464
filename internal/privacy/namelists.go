package privacy

import _ "embed"

// The lists below are our own compilation of names that are common where the
// languages are spoken that Heed is tested in. They are far from complete, and
// are not meant to be: an announced name needs no list ("my name is …"), and a
// list only backs an announcement that may be none ("I am …", "Hi …").
// Names of assistants and words of everyday language are left out on purpose.
//
// The files in lists are names of the 1990 census of the United States, which
// are in the public domain: given names of at least one person in ten thousand,
// rarer ones, and the 6,000 most common surnames, without those that are ours
// already or are words, places or makers at least as often.

//go:embed lists/given_us.txt
var givenNamesUS string

//go:embed lists/given_us_rare.txt
var rareGivenNamesUS string

//go:embed lists/surnames_us.txt
var surnamesUS string

// wordlyNames are given names that are words, places, makers or languages as
// well, in one of our languages: alone they say nothing.
const wordlyNames = `
	amber angel angela art aurora bart bas bill bruno carlo carolina charity charlie charlotte christian claudia clement dawn dick dolores
	elif emily ernst esperanza eva faith felix florence frank franz georgia gloria grace guadalupe guy harry hope iris iván jack jean jesse job
	jordan joy juan jude julia june kai kim lea leo león leon logan lucia lucy luigi mario marina mark martin mason max maxim may mercedes mia milan
	mike moritz noor paris pascal pat paz petra piet pilar prince ray rex rob robin rocío rosa roman romain rose roses ruby sandy sara serena sergio sierra
	silvia simone sky sofia stella sun sunny sol tess theo tim tom tyler victoria vicky viola violet virginia will wim wolf wolfgang santiago salvador concepción
	sem encarnación montserrat inés ángel jesús maría maria anna ana ann anne joan john mary james peter paul george john
	ali noah adam eve ethel sherry gala victor ginger brandy crystal jasmine heather holly ivy lily olive daisy gay earl ward forrest rusty grant
	ambre asia bert bianca conceição consuelo dario els fátima gaia glória graça ida jade jet lasse levin lola lotta luc marc mika pia pim
	regina remedios rosario santo soledad till ton vera vittoria
	dale glenn lane reed chase drew buddy bud junior major king queen duke royal sage sterling stone`

// nameFollowers are words in capitals that make what stands before them the
// name of a thing: a street, a prize, a law.
const nameFollowers = `
	street st avenue ave road rd lane drive court place square boulevard way park bridge building tower hall house hotel inn hospital clinic church cathedral
	university college school academy institute library museum theatre theater gallery foundation society association center centre club
	creek cliffs cliff lodge vue bypass union parks flat crescent terrace grove gardens garden close row trail highway parkway plaza circle
	orchestra band choir quartet investments capital ventures systems software solutions technologies consulting motors airlines foods
	airport station island islands river lake mountain mount bay beach county city town village district province state valley falls hills canyon coast
	award prize medal cup trophy theorem theory law rule principle effect syndrome disease equation algorithm method technique test scale model
	transform distribution process machine engine computing inc corp corporation company co ltd llc gmbh ag group bank partners brothers sons
	records pictures studios press books times post news show series movie film song album game team season day week year
	i ii iii iv v the and or of in on at for with from to is was are were has had said says`

// givenNames are in small letters.
const givenNames = `
	james john robert michael david william richard joseph thomas charles christopher daniel matthew anthony donald steven andrew
	paul joshua kenneth kevin brian timothy ronald george jason edward jeffrey ryan jacob nicholas gary eric jonathan stephen larry
	justin scott brandon benjamin samuel gregory alexander patrick jack dennis jerry tyler aaron jose adam nathan henry douglas peter
	zachary kyle noah ethan jeremy walter christian keith roger terry sean gerald carl harold dylan arthur lawrence jesse bryan
	billy bruce gabriel joe logan albert willie alan eugene russell vincent philip bobby johnny bradley liam oliver lucas mason elijah
	oscar harry charlie alfie freddie archie leo theo callum connor declan
	mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily
	donna michelle carol amanda melissa deborah stephanie rebecca laura helen sharon cynthia kathleen amy angela shirley anna brenda
	pamela emma nicole samantha katherine christine debra rachel carolyn janet maria heather diane olivia julie joyce victoria
	kelly lauren christina joan evelyn judith andrea hannah megan cheryl jacqueline martha teresa gloria sara janice ann
	kathryn abigail sophia frances jean alice judy isabella julia grace denise amber marilyn danielle beverly charlotte natalie theresa
	diana doris kayla alexis lori marie jane chloe zoe lucy ellie molly holly freya imogen eleanor
	hans peter klaus jürgen wolfgang dieter manfred uwe bernd günter günther rainer frank stefan ralf jörg joachim heinz horst werner
	helmut gerhard karl andreas markus matthias sebastian jan tobias florian felix lukas maximilian paul leon finn jonas moritz fritz
	ulrich norbert holger sven torsten thorsten dirk axel ingo kai lars marcel philipp simon fabian dominik julian nico niklas tim
	ursula monika petra sabine renate helga karin brigitte ingrid erika christa gisela susanne gabriele claudia birgit anja katrin
	kathrin heike martina silke stefanie sandra anke ute bettina cornelia elke jutta marion angelika lena lea hannah leonie johanna
	katharina franziska antje britta annika svenja ulrike waltraud hildegard gertrud greta frieda mia
	jean pierre michel andré philippe rené louis alain jacques bernard marcel daniel roger robert paul christian henri georges nicolas
	françois laurent frédéric olivier christophe sébastien julien guillaume antoine mathieu thierry pascal éric stéphane hugo théo
	enzo clément maxime romain quentin arnaud benoît fabrice gilles yves didier gérard
	nathalie isabelle sylvie catherine françoise monique martine anne christiane valérie véronique sandrine céline aurélie émilie
	camille manon léa chloé mathilde juliette élodie hélène brigitte dominique jacqueline jeanne margaux amélie océane sophie
	josé antonio manuel francisco juan david javier daniel carlos jesús alejandro miguel rafael pedro ángel fernando luis pablo sergio
	jorge alberto álvaro diego adrián raúl iván rubén enrique óscar ramón vicente andrés joaquín santiago eduardo víctor roberto jaime
	ignacio salvador alfonso ricardo hugo mateo gonzalo
	maría carmen josefa isabel dolores pilar teresa ana lucía francisca antonia cristina mercedes rosa concepción beatriz paula elena
	marta manuela raquel silvia montserrat rocío patricia juana encarnación inés sofía valentina ximena guadalupe esperanza nuria
	giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno paolo michele giorgio
	aldo sergio luciano marco andrea alessandro roberto stefano matteo lorenzo davide simone riccardo federico gabriele tommaso
	filippo gianluca massimo claudio fabio enrico
	giulia francesca chiara sara martina valentina alessia elisa elena silvia federica laura roberta paola giovanna rosa angela
	giuseppina lucia caterina antonella carla sofia aurora ginevra beatrice giorgia ilaria serena
	joão pedro tiago rui nuno luís paulo josé manuel antónio fernando ricardo gonçalo diogo rodrigo vasco bruno hugo filipe gustavo
	rafael thiago mateus felipe lucas vinícius eduardo márcio marcelo leandro fábio
	inês catarina mariana beatriz joana rita leonor matilde carolina margarida sofia fernanda juliana adriana letícia camila bruna
	amanda larissa vanessa luciana priscila tatiana renata simone
	jan pieter johannes cornelis willem hendrik dirk maarten jeroen bas bart joost daan sem thijs ruben sander niels koen wouter rik
	gijs kees henk wim piet johan erik mark jasper stijn tom luuk
	johanna maria anna cornelia wilhelmina sanne lotte anouk femke marieke ingrid marloes esther linda annemarie fleur iris eva
	saskia mieke tess roos lieke
	andrzej krzysztof piotr tomasz paweł marcin michał jakub kacper mateusz wojciech łukasz marek grzegorz józef stanisław zbigniew
	jerzy tadeusz adam jacek rafał kamil bartosz dawid
	katarzyna małgorzata agnieszka barbara ewa magdalena joanna monika zofia krystyna jadwiga aleksandra natalia karolina justyna
	beata dorota iwona paulina weronika zuzanna kinga
	ivan sergei sergey dmitri dmitry alexei alexey andrei andrey mikhail nikolai vladimir igor oleg yuri boris pavel maxim
	olga natalia tatiana svetlana irina elena ekaterina anastasia yulia galina lyudmila oksana daria ksenia
	erik lars anders karl johan nils olof gunnar sven magnus mikael björn fredrik henrik jonas kristian morten søren rasmus
	astrid ingrid freja maja elsa linnea kerstin birgitta karin lise mette
	mehmet mustafa ahmet ali hüseyin hasan ibrahim osman yusuf murat emre burak fatma ayşe emine hatice zeynep elif merve esra
	mohammed muhammad mohamed ahmed abdullah omar youssef khalid hassan hussein tariq bilal karim fatima aisha khadija maryam layla
	noor yasmin amina zainab salma samira
	wei jing ming hui jun ying xiaoming hiroshi takashi kenji yuki haruto sakura yuko akiko keiko minjun jiwoo seoyeon
	rahul amit sanjay rajesh vijay arjun anil sunil priya anjali deepika pooja neha kavita sunita lakshmi ravi suresh krishna
	kwame kofi chidi chinedu emeka amara ngozi thabo sipho
	wilhelm friedrich hermann kurt erwin egon siegfried volker rüdiger eberhard burkhard hartmut lothar detlef henning malte hannes jannik
	anton emil theodor konrad oskar levin mats till ole lasse mika linus levi raphael elias timo gudrun anneliese hannelore ilse gerda
	irmgard edith elfriede margarete roswitha margit marlies sigrid dagmar carola sonja tanja nadine yvonne melanie sabrina jana carolin
	friederike clara ida lina marlene mathilda emilia lotta nele jule merle finja pia ronja lara amelie luisa helena veronika rosemarie
	liselotte hedwig loïc xavier yannick cédric ludovic jérôme emmanuel bertrand raymond maurice lucien fernand marc luc étienne
	baptiste valentin kévin jordan raphaël jules léo noé sacha timothée gaspard augustin aymeric tristan inès karine delphine stéphanie
	laetitia virginie corinne josiane ginette odette yvette paulette huguette colette marguerite germaine madeleine thérèse bernadette
	suzanne louise jade lola zoé ambre rose anaïs justine pauline laurène solène maëlle iker asier unai aitor mikel gorka xabier iñaki
	nicolás sebastián emilio tomás martín agustín esteban rodolfo arturo gerardo héctor ernesto julián germán marcos ismael abel izan dario
	césar saúl noelia yolanda nerea ainara leire itziar amaia begoña consuelo rosario remedios soledad marisol susana verónica alicia irene
	lorena rebeca miriam vanesa estefanía jimena daniela gabriela alejandra valeria gennaro raffaele vito rocco nicola nunzio pasquale
	gaetano carmelo santo ciro emanuele daniele mattia alessio cristian cristiano samuele edoardo leonardo jacopo mirko ivano renato ugo
	guido piero cesare ettore umberto giacomo giuliano maurizio mauro ennio ludovica ornella patrizia donatella cinzia monica elisabetta
	loredana michela nicoletta raffaella simona sonia tiziana viviana angelica camilla noemi bianca gaia arianna asia margherita viola
	benedetta vittoria joaquim domingos sebastião agostinho armando artur augusto duarte edgar emanuel henrique leonel mário moisés nelson
	nicolau orlando otávio rogério sandro sílvio simão valter vítor wagner wellington luísa sónia cláudia patrícia vera lurdes graça
	conceição fátima glória bárbara cecília débora eduarda fabiana flávia heloísa isadora jéssica jaqueline lívia luana manuella marina
	mônica natália paloma rafaela regina rosana sílvia sônia vitória viviane sjoerd floris martijn remco michiel gerard gerrit klaas ton
	arie bert evert jaap jelle jorrit luca mees milan noud pim roel siebe teun tijmen twan marijke wiebke hendrikje annelies anneke corrie
	els ellen evi greetje hanneke heleen ineke inge ingeborg janneke jet josephine kim kirsten lieve lisanne maaike maartje mariëlle
	marjolein marleen mirjam nienke renske roosmarijn rosalie trijntje truus willemijn wendy krystian przemysław dariusz mariusz sławomir
	mirosław leszek waldemar kazimierz henryk ryszard roman czesław wiesław bogdan bogusław janusz jarosław damian patryk hubert mikołaj
	szymon franciszek aleksander antoni filip maciej wisława bożena halina grażyna danuta irena jolanta elżbieta urszula wanda stanisława
	janina genowefa kazimiera oliwia amelia hanna alicja antonina wiktoria michalina klaudia sylwia izabela edyta marzena aneta anita ilona
	kamila kornelia milena patrycja`

// surnames are in small letters.
const surnames = `
	smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor
	moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott
	torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz
	parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed
	kelly howard ramos kim cox ward richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes price alvarez castillo
	sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher
	vasquez simmons romero jordan patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera
	gibson ellis tran medina stevens murray ford marshall owens mcdonald harrison wells washington kennedy davies roberts walsh
	o'brien o'connor o'sullivan byrne ryan doyle mccarthy gallagher doherty fraser macdonald
	müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer richter klein wolf schröder neumann
	schwarz zimmermann braun krüger hofmann hartmann lange schmitt werner schmitz krause meier lehmann schmid schulze maier köhler
	herrmann könig walter mayer huber kaiser fuchs peters lang scholz möller weiß jung hahn schubert vogel friedrich keller günther
	frank berger winkler roth beck lorenz baumann franke albrecht schuster simon ludwig böhm winter kraus schumacher krämer vogt stein
	jäger otto sommer groß seidel heinrich brandt haas schreiber graf dietrich ziegler kuhn kühn pohl engel horn busch bergmann
	martin bernard dubois durand moreau laurent lefebvre leroy roux bertrand morel fournier girard bonnet dupont lambert
	fontaine rousseau vincent muller lefèvre faure andré mercier blanc guérin boyer garnier chevalier françois legrand gauthier
	perrin robin clément morin henry roussel mathieu gautier masson marchand duval denis dumont lemaire meyer dufour meunier
	garcía rodríguez gonzález fernández lópez martínez sánchez pérez gómez martín jiménez hernández ruiz díaz moreno muñoz álvarez
	romero gutiérrez alonso navarro torres domínguez vázquez ramos gil ramírez serrano blanco molina suárez morales ortega delgado
	castro ortiz rubio marín sanz núñez iglesias medina garrido cortés castillo santos lozano guerrero cano prieto méndez cruz
	rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa giordano mancini rizzo lombardi
	moretti barbieri fontana santoro mariani rinaldi caruso ferrara galli martini leone longo gentile martinelli vitale lombardo serra
	silva santos oliveira souza sousa ferreira pereira almeida costa rodrigues gomes martins araújo melo barbosa alves cardoso
	ribeiro carvalho lopes soares fernandes vieira nascimento lima moreira nunes mendes freitas teixeira correia pinto gonçalves marques
	jansen bakker visser smit meijer mulder bos vos peters hendriks dekker brouwer dijkstra smits kok jacobs vermeulen postma kuiper
	veenstra kramer hoekstra willems hermans verhoeven maes claes wouters goossens
	nowak kowalski wiśniewski wójcik kowalczyk kamiński lewandowski zieliński szymański woźniak dąbrowski kozłowski jankowski mazur
	kwiatkowski krawczyk kaczmarek piotrowski grabowski zając pawłowski michalski król nowakowska kowalska wiśniewska kamińska
	ivanov smirnov kuznetsov popov vasiliev petrov sokolov mikhailov novikov fedorov morozov volkov ivanova petrova smirnova
	andersson johansson karlsson nilsson eriksson larsson olsson persson svensson gustafsson hansen johansen olsen larsen andersen
	pedersen nielsen jensen christensen rasmussen sørensen korhonen virtanen mäkinen nieminen
	yılmaz kaya demir şahin çelik yıldız aydın öztürk arslan doğan khan ahmed ali hussain hassan ibrahim malik sheikh
	wang li zhang liu chen yang huang zhao wu zhou tanaka suzuki takahashi watanabe yamamoto nakamura kobayashi park choi
	singh kumar sharma gupta verma reddy rao iyer nair joshi mehta shah desai kapoor agarwal chopra das banerjee mukherjee
	okafor adeyemi okonkwo mensah dlamini nkosi`
