// Sectors of the embedded worlds by groups that a reader knows.

const GROUPS = {
  agriculture: ["A01", "A02", "A03", "Agriculture"],
  mining: ["B05", "B06", "B07", "B08", "B09", "C19", "Mining", "Petroleum"],
  food: ["C10T12", "Food"],
  textiles: ["C13T15", "Textile"],
  chemicals: ["C20", "C21", "C22", "Chemicals", "Plastic"],
  materials: ["C16", "C17_18", "C23", "C24A", "C24B", "C25", "Wood", "Paper", "Minerals", "Basic metals", "Metal products"],
  machinery: ["C26", "C27", "C28", "Machinery n.e.c.", "Office", "Electrical", "Communication", "Medical"],
  vehicles: ["C29", "C301", "C302T309", "Auto", "Other Transport"],
  manufacturing: ["C31T33", "Other"],
};
const OF = new Map(Object.entries(GROUPS).flatMap(([group, sectors]) => sectors.map((sector) => [sector, group])));

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
