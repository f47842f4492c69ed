"""OGC API Features, part 1 core: layers of regions and bundles for QGIS and GDAL."""

from __future__ import annotations

from typing import Annotated, Any

import geopandas as gpd
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from buju.serve import bundle_layers, layers
from buju.serve.problems import Problem
from buju.serve.state import Service, service

router = APIRouter(prefix="/ogc", tags=["features"])
Served = Annotated[Service, Depends(service)]
_CLASSES = ("core", "geojson", "oas30")
_CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_GEO = "application/geo+json"


def _link(request: Request, path: str, rel: str, kind: str = "application/json") -> dict[str, str]:
    return {"href": f"{request.base_url}{path}", "rel": rel, "type": kind, "title": rel}


@router.get("")
@router.get("/", include_in_schema=False)
def landing(request: Request) -> dict[str, Any]:
    """Where everything is."""
    openapi = "application/vnd.oai.openapi+json;version=3.0"
    return {
        "title": "buju",
        "description": "区域与结果的图层 / layers of regions and results",
        "links": [
            _link(request, "ogc", "self"),
            _link(request, "api/v1/openapi.json", "service-desc", openapi),
            _link(request, "ogc/conformance", "conformance"),
            _link(request, "ogc/collections", "data"),
        ],
    }


@router.get("/conformance")
def conformance() -> dict[str, Any]:
    """The parts of the standard that are kept."""
    base = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
    return {"conformsTo": [f"{base}/{name}" for name in _CLASSES]}


@router.get("/collections")
def collections(request: Request, served: Served) -> dict[str, Any]:
    """Every layer of every region without faults and of every bundle."""
    found = []
    if served.space is not None:
        for name in served.space.names("regions"):
            if served.space.region_state(name)["state"] == "ready":
                found += [f"region.{name}.{layer}" for layer in layers.LAYERS]
        runs = served.space.names("runs")
        runs = [n for n in runs if (served.space.path / "runs" / n / "manifest.json").is_file()]
    else:
        runs = ["bundle"]
    for name in runs:
        known = bundle_layers.names(served.bundle(name))
        found += [f"bundle.{name}.{layer}" for layer in known]
    links = [_link(request, "ogc/collections", "self")]
    return {"links": links, "collections": [_described(request, name) for name in found]}


@router.get("/collections/{name}")
def collection(name: str, request: Request, served: Served) -> dict[str, Any]:
    """One layer, with its extent."""
    bounds = [float(b) for b in _frame(served, name).total_bounds]
    extent = {"spatial": {"bbox": [bounds], "crs": _CRS}}
    return _described(request, name) | ({"extent": extent} if bounds[0] == bounds[0] else {})


def _described(request: Request, name: str) -> dict[str, Any]:
    path = f"ogc/collections/{name}"
    return {
        "id": name,
        "title": name.replace(".", " "),
        "itemType": "feature",
        "crs": [_CRS],
        "links": [_link(request, path, "self"), _link(request, f"{path}/items", "items", _GEO)],
    }


def _frame(served: Service, name: str) -> gpd.GeoDataFrame:
    kind, _, rest = name.partition(".")
    owner, _, layer = rest.rpartition(".")
    if kind == "region" and layer in layers.LAYERS:
        return layers.frame(served.region(owner), layer).reset_index(drop=True)
    if kind == "bundle" and owner:
        return bundle_layers.frame(served.bundle(owner), layer)
    raise Problem(404, f"没有图层集“{name}”", f"there is no collection '{name}'")


@router.get("/collections/{name}/items")
def items(
    name: str,
    request: Request,
    served: Served,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    bbox: str = "",
) -> JSONResponse:
    """Features of a layer, in the box asked for, a page at a time."""
    frame = _frame(served, name)
    if bbox:
        west, south, east, north = _box(bbox)
        frame = frame.iloc[
            sorted(frame.sindex.query(_polygon(west, south, east, north), "intersects"))
        ]
    part = frame.iloc[offset : offset + limit]
    content = layers.collection(part, [c for c in part if c != part.geometry.name], ids=part.index)
    links = [_page_link(request, "self", offset, limit)]
    if offset + limit < len(frame):
        links.append(_page_link(request, "next", offset + limit, limit))
    if offset:
        links.append(_page_link(request, "prev", max(0, offset - limit), limit))
    more = {"numberMatched": len(frame), "numberReturned": len(part), "links": links}
    return JSONResponse(content | more, media_type=_GEO)


@router.get("/collections/{name}/items/{feature}")
def one(name: str, feature: int, request: Request, served: Served) -> JSONResponse:
    """One feature."""
    frame = _frame(served, name)
    if feature not in frame.index:
        raise Problem(404, f"没有要素 {feature}", f"there is no feature {feature}")
    part = frame.loc[[feature]]
    columns = [c for c in part if c != part.geometry.name]
    found = layers.collection(part, columns, ids=part.index)["features"][0]
    path = f"ogc/collections/{name}"
    links = [
        _link(request, f"{path}/items/{feature}", "self", _GEO),
        _link(request, path, "collection"),
    ]
    return JSONResponse(found | {"links": links}, media_type=_GEO)


def _page_link(request: Request, rel: str, offset: int, limit: int) -> dict[str, str]:
    address = str(request.url.include_query_params(offset=offset, limit=limit))
    return {"href": address, "rel": rel, "type": _GEO, "title": rel}


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) == 6:
        parts = [parts[0], parts[1], parts[3], parts[4]]
    if len(parts) != 4 or not all(abs(p) <= 1e6 for p in parts) or parts[1] > parts[3]:
        raise Problem(
            422,
            f"bbox={text}：应为 西,南,东,北 四个数",
            f"bbox={text}: give west,south,east,north",
        )
    return parts[0], parts[1], parts[2], parts[3]


def _polygon(west: float, south: float, east: float, north: float) -> Any:
    import shapely

    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(  # across the antimeridian
        shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
    )
