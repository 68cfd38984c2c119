"""A small network in a folder, as a user writes one."""

from __future__ import annotations

from pathlib import Path

NODES = """id,name,economy,lon,lat,population,port
a,Alpha,AAA,10,50,100,0
b,Beta,BBB,12,50,50,0
b2,Betaville,BBB,12.5,51,150,0
c,Gamma,CCC,14,50,70,1
d,Delta,DDD,16,48,80,1
"""
LINKS = """from,to,mode,km,hours,usd_per_tonne,status,passages,grade
a,b,road,200,5,10,,,read
b,b2,road,130,3,6,,,read
b,c,road,200,5,10,,,guessed
a,c,rail,500,6,15,,,read
c,d,sea,300,10,2,,strait,derived
b,d,road,400,8,30,planned,,read
"""
BORDERS = """from,to,node,mode,direction,hours,usd,grade
AAA,BBB,,,,3,1,read
BBB,AAA,,,,9,1,read
BBB,CCC,,,,4,2,read
,,a,rail,out,10,1,read
,,c,rail,in,20,2,guessed
"""
TERMINALS = """mode,hours,usd
rail,6,1
sea,24,5
"""


def written(folder: Path, **tables: str) -> Path:
    """Write the network, with other tables in place of its own; an empty one is left out."""
    folder.mkdir(exist_ok=True)
    whole = {"nodes": NODES, "links": LINKS, "borders": BORDERS, "terminals": TERMINALS} | tables
    for name, text in whole.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
