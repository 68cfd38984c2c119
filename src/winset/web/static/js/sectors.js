// Sectors of the embedded worlds by groups that a reader knows.

/** Codes of each group by world; what none lists is a service, and no world lets services be traded. */
const GROUPS = {
  "icio-2022": {
    agriculture: ["A01", "A02", "A03"],
    mining: ["B05", "B06", "B07", "B08", "B09", "C19"],
    food: ["C10T12"],
    textiles: ["C13T15"],
    chemicals: ["C20", "C21", "C22"],
    materials: ["C16", "C17_18", "C23", "C24A", "C24B", "C25"],
    machinery: ["C26", "C27", "C28"],
    vehicles: ["C29", "C301", "C302T309"],
    manufacturing: ["C31T33"],
  },
  "caliendo-parro-1993": {
    agriculture: ["Agriculture"],
    mining: ["Mining", "Petroleum"],
    food: ["Food"],
    textiles: ["Textile"],
    chemicals: ["Chemicals", "Plastic"],
    materials: ["Wood", "Paper", "Minerals", "Basic metals", "Metal products"],
    machinery: ["Machinery n.e.c.", "Office", "Electrical", "Communication", "Medical"],
    vehicles: ["Auto", "Other Transport"],
    manufacturing: ["Other"],
  },
};
GROUPS["world-2022-sectors"] = GROUPS["icio-2022"];
const OF = new Map(
  Object.values(GROUPS).flatMap((groups) =>
    Object.entries(groups).flatMap(([group, sectors]) => sectors.map((sector) => /** @type {[string, string]} */ ([sector, group]))),
  ),
);

/** Groups whose goods a change can be about. */
export const GOODS = Object.keys(GROUPS["icio-2022"]);

/** The sectors of a group in a world; none where the world has no sectors, or the group is all goods. */
export const sectorsOf = (group, world) => GROUPS[world]?.[group] ?? [];

/** Whether the goods of a change can be chosen in a world. */
export const hasSectors = (world) => world in GROUPS;

/** The group of a sector; what none lists is a service. */
export const groupOf = (sector) => OF.get(sector) ?? "services";

/** An economy's sectors summed by group: output, exports and imports, before and after, USD million. */
export function byGroup(sectors) {
  const groups = new Map();
  for (const one of sectors) {
    const name = groupOf(one.sector);
    if (!groups.has(name)) groups.set(name, { group: name });
    const sum = groups.get(name);
    for (const key of ["output", "exports", "imports"]) {
      const before = one[`${key}_musd`] ?? 0;
      sum[key] = (sum[key] ?? 0) + before;
      sum[`new_${key}`] = (sum[`new_${key}`] ?? 0) + before * (1 + (one[`${key}_percent`] ?? 0) / 100);
    }
  }
  return [...groups.values()];
}
