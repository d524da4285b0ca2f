"""The words of the facts workload: names of people, and the parts that values are put together from.

The lists only ever grow at a price: any change gives other bytes, hence another hash, for every seed.
"""

from __future__ import annotations

FIRST_NAMES = tuple(
    """
    Abena Adela Adrian Agnes Aiko Alba Alistair Amara Amina Anders Andrzej Anika Annika Anselm Antonia Ariadne Arvid
    Astrid Aurelio Aylin Babak Beatriz Benedikt Bianca Birgit Blaise Bogdan Branka Bruno Caspian Catalina Cecily
    Chidi Chiara Clemens Colette Corin Cosima Dagmar Damaris Danilo Delphine Desmond Dimitra Dorota Eamon Edda Eero
    Efua Eilidh Elif Elodie Emeka Emiliano Enzo Esben Esperanza Eszter Eulalia Fabian Farida Femi Fergus Fiorella
    Florian Freya Gaspard Gemma Gianna Goran Greta Gudrun Gwendolyn Hadiza Hakan Hanneke Haruto Hedda Helga Henrike
    Hiroshi Hugo Ibrahim Idris Ignacio Ilse Imogen Ines Ingrid Isidora Ivana Jacinta Jarek Jasmin Joachim Jolanta
    Jonas Judit Kalina Kamala Katya Keiko Kerstin Kofi Konstantin Lachlan Larissa Leander Leila Lennart Leopold
    Linnea Lorenzo Lucinda Ludmila Magnus Maren Marisol Matteo Maud Mehmet Mercy Mikkel Mirela Nadia Naoko Nerys
    Nikolai Nnamdi Noor Octavia Odette Olamide Ondine Orsolya Oskar Paloma Pascal Petra Philippa Piotr Priya Quentin
    Radka Rafael Ragnhild Ramona Renske Rhiannon Rolf Rosalind Ruben Sabine Salma Sanjay Saskia Selma Severin
    Sibylle Signe Sofia Stellan Sunniva Tadeusz Tamsin Tariq Thandiwe Tilda Tobias Ulrike Valentin Vasco Veronika
    Vikram Wanda Wiebke Xenia Yannick Yasmin Yusuf Zeynep Zofia
    """.split()
)

LAST_NAMES = tuple(
    """
    Abernathy Achterberg Adeyemi Agarwal Aguilar Albrecht Almeida Alvarado Amundsen Andrade Antonelli Appiah
    Arkwright Asante Ashworth Avramov Baczynski Balogun Banerjee Barbosa Bassani Bauer Beaumont Belinsky Bengtsson
    Bergstrom Bhatt Bielski Blackwood Bonetti Borowski Brandt Brightwell Brzezinski Caldwell Calloway Campanella
    Cardoso Carvalho Castellano Chakraborty Charpentier Chaudhry Chernov Christou Ciobanu Clarke Coelho Conti
    Cordova Cranston Czarnecki Dalgaard Danso Delacroix Demirci Devereux Diallo Dimitrov Dombrowski Donnelly
    Dragomir Duarte Dufresne Eastwood Eberle Echevarria Edevane Ekstrom Elmahdi Engstrom Eriksen Escobar Esposito
    Fairbanks Farkas Fassbinder Ferrante Figueroa Finnegan Fitzgerald Fjeldstad Fontaine Forsberg Fraser Friedrich
    Fujimoto Gallagher Garrido Gauthier Gebhardt Georgiou Ghosh Giordano Goldstein Gonzaga Grabowski Greenhalgh
    Grimaldi Gunnarsson Gustafsson Haddad Hagen Halvorsen Hamasaki Harcourt Hartmann Hasegawa Hathaway Haugen
    Hendricks Hernandez Hoffmann Holloway Horvath Hovland Ibarra Ikeda Iversen Iwasaki Jablonski Jankowski Jansen
    Jaramillo Jephson Johansson Kaczmarek Kapoor Karlsson Kavanagh Kazemi Kingsley Kirchner Kowalczyk Kristensen
    Kruger Kuznetsov Lachance Lambert Langford Larsen Laurent Lefebvre Lehmann Lindholm Lindqvist Lombardi Lundgren
    MacAllister Machado Magnusson Malinowski Mancini Marchetti Marquez Matsuda Mbeki McAllen Medeiros Mendoza Mensah
    Michaelis Mikkelsen Milosevic Montague Morales Moreau Mukherjee Nakagawa Natarajan Navarro Ndiaye Nguyen Nielsen
    Nordstrom Novakova Nowicki Nyberg Obrecht Odhiambo Ogunleye Okafor Okonkwo Olofsson Oppenheim Ortega Ostrowski
    Ozturk Palmgren Panagos Pappas Paredes Pellegrini Penhaligon Petrov Pfeiffer Pietersen Popescu Prendergast
    Quintero Rademaker Rahimi Ramaswamy Rasmussen Redgrave Reinholt Ricci Rosenthal Rousseau Ruiz Rutkowski Saarinen
    Sakamoto Salvatore Sandoval Santangelo Schneider Schreiber Sepulveda Serrano Shapiro Shevchenko Sikorski
    Silvestri Skarsgard Soderberg Sorensen Stavros Steinmetz Strand Sundaram Svensson Szabo Takahashi Tanaka
    Tennyson Thackeray Thorvald Tremblay Tsvetkov Uchida Ulriksen Underhill Urquhart Valdez Vanterpool Varga Vasquez
    Venkatesan Villanueva Vinter Vogel Voss Wakefield Walczak Wallenberg Warsame Weatherby Weiss Westergaard
    Whitlock Wickramasinghe Wojcik Xanthos Yamamoto Yilmaz Youngblood Zabrinski Zielinski Zimmermann
    """.split()
)

OTHER_LAST_NAMES = tuple(
    """
    Alder Ames Baines Barlow Barrow Beck Birch Blythe Bolt Boone Bowyer Brook Burke Cade Cairn Carver Chase Coombe
    Cope Crane Croft Dace Dale Darrow Deane Dell Drake Dray Dunne Eames Eaves Elm Ewart Fane Farrow Fenn Finch Flint
    Floyd Frost Gage Gale Garth Gill Glynn Grove Hale Hart Hawke Heath Hobbs Holt Hurst Hyde Innes Ives Jarvis Joyce
    Keane Kell Kemp Kerr Kirk Knox Lacey Lake Lamb Leigh Lisle Locke Lowe Lund Lyle Marsh Mead Mott Munro Nairn Nash
    Noble North Oakes Orme Paige Park Peake Penn Pike Poole Pryor Quill Quirk Rand Reeve Rhodes Rook Rowe Rudd Rusk
    Sage Scarle Shaw Slade Snow Stokes Swift Tate Teague Thorne Tull Tyne Upton Vance Vane Vaux Wade Ware Webb Wilde
    Wren Wyatt Yarrow York
    """.split()
)

ADJECTIVES = tuple(
    """
    Amber Ancient Ashen Autumn Azure Bitter Blue Bold Brass Bright Bronze Calm Cedar Cobalt Copper Coral Crimson
    Crooked Crystal Distant Dusty Ebony Emerald Fallen Feathered Flint Frozen Gentle Gilded Golden Granite Green
    Hidden Hollow Idle Indigo Iron Ivory Jade Lonely Lucky Lunar Marble Mellow Misty Mossy Northern Ochre Olive Opal
    Painted Pale Patient Pearl Quiet Rapid Red Restless Royal Rustic Salted Scarlet Secret Silent Silver Sleepy
    Solar Southern Sunken Tall Tidal Timber Twin Velvet Violet Wandering Western White Wild Winter Woven Yellow
    """.split()
)

NOUNS = tuple(
    """
    Acorn Anchor Anvil Arrow Badger Barley Basin Beacon Beetle Bell Bramble Bridge Brook Buckle Canary Candle Canyon
    Castle Cedarwood Chestnut Cliff Clover Comet Compass Cormorant Cottonwood Cove Cricket Crow Dahlia Delta Dolphin
    Dragonfly Ember Falcon Fern Fiddle Finchley Fjord Fountain Foxglove Galleon Garden Gate Glacier Harbour Hare
    Harp Hawthorn Hazel Heron Hill Hound Island Ivywood Jackdaw Jasper Juniper Kestrel Kettle Kingfisher Ladder
    Lantern Lark Laurel Lighthouse Lily Linden Lynx Magpie Mallard Maple Marten Meadow Mill Mirror Moon Nightjar
    Nutmeg Oak Orchard Otter Owl Pebble Pelican Pepper Pine Plover Poppy Prairie Quarry Quince Raven Reed Ridge
    River Robin Saddle Saffron Sail Sparrow Spire Spruce Starling Stone Stork Summit Swan Thicket Thistle Thrush
    Tower Valley Walnut Weaver Willow Windmill
    """.split()
)

COLOURS = tuple("black brindle brown chestnut cream fawn ginger golden grey silver spotted tabby tawny white".split())

ANIMALS = tuple(
    """
    airedale beagle budgerigar burmese cockatiel collie corgi dachshund donkey ferret greyhound guinea-pig hamster
    hedgehog labrador lurcher parakeet pointer pony poodle rabbit retriever schnauzer setter sheepdog spaniel
    terrier tortoise whippet wolfhound
    """.split()
)

PET_NAMES = tuple(
    """
    Acorn Archie Bandit Banjo Basil Bean Biscuit Blini Bobbin Bonbon Button Caramel Cashew Chutney Cinders
    Clementine Cocoa Crumpet Custard Dandelion Dibs Domino Dumpling Fidget Figaro Flapjack Fudge Gizmo Gnocchi Gusto
    Haggis Hazelnut Huckleberry Jellybean Jigsaw Juno Kiwi Lentil Licorice Loki Macaroon Mango Marbles Marmite
    Mittens Mocha Monty Muffin Mustard Nacho Noodle Nugget Nutkin Oatcake Olive Orbit Oreo Paprika Parsnip Patch
    Peanut Percy Pesto Pickle Pippin Pixel Pogo Popcorn Pudding Pumpkin Quaver Radish Ravioli Rhubarb Rocket Sesame
    Snickers Socks Sorrel Sprocket Squash Tango Teapot Tofu Toffee Truffle Tumble Turnip Twiglet Waffles Widget
    Wombat Ziggy Zorro
    """.split()
)

MEDICINE_STARTS = tuple(
    "Alve Bori Cala Dexo Evo Flora Gala Hyto Ibra Keto Lumi Mero Nova Orli Pano Quina Reva Silo".split()
)
MEDICINE_MIDDLES = tuple("bra cet dil fen gra lox mab nor pri quet rast sul tir vax zol".split())
MEDICINE_ENDS = tuple("amide arin azole entin idone ipril iril ium olol one oxin statin udine yne".split())
DOSES = tuple("15 20 25 30 35 40 45 50 60 75".split())

STREETS = tuple("Avenue Close Crescent Drive Grove Lane Road Square Street Terrace".split())
LETTERS = tuple("A B C D E F G H J K L M N P Q R S T U V W X Y Z".split())
HUNDREDS = tuple(str(number) for number in range(100, 1000))
