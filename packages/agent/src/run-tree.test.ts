/** Children that end while their run is being read: their sums count once, whoever is read first. */
import { expect, test } from "vitest";
import { OsProcess } from "./os-processes/os-process.ts";
import { RunTree } from "./run-tree.ts";

function started(pid: number, parentPid: number, ticks: number): OsProcess {
  const process = new OsProcess(pid, pid, null, 1);
  process.parentPid = parentPid;
  process.now.ticks = ticks;
  return process;
}

function aTree() {
  const parent = started(50, 1, 10);
  const child = started(51, 50, 300);
  const tree = new RunTree(parent, false);
  tree.adopt(
    (pid) => (pid === 50 ? [child] : []),
    () => true,
  );
  expect(tree.settle(() => true).ticks).toBe(310);
  return { tree, parent, child };
}

test("a child that ends after its parent was read is found in its parent all the same", () => {
  const { tree, parent, child } = aTree();
  let reads = 0;
  const sums = tree.settle((process) => {
    reads++;
    // The child ends just before its own reading; only a second reading of the parent shows what that was given.
    if (process === child) return false;
    if (reads > 1) parent.waitedTicks = 320;
    return true;
  });
  expect(sums.ticks).toBe(330);
  expect(tree.settle(() => true).ticks).toBe(330);
});

test("a child that ends between two readings of its parent is not in both", () => {
  const { tree, parent, child } = aTree();
  const other = started(52, 50, 40);
  tree.add(other);
  let passes = 0;
  const sums = tree.settle((process) => {
    if (process === other) return false;
    if (process === parent && ++passes === 2) parent.waitedTicks = 340;
    return process !== child || passes === 1;
  });
  expect(sums.ticks).toBe(350);
});

test("a child that its parent never waited for keeps its own", () => {
  const { tree, child } = aTree();
  expect(tree.settle((process) => process !== child).ticks).toBe(310);
});

test("those that left the run and all below them are apart from what its recorder knows", () => {
  const { tree, child } = aTree();
  const grandchild = started(53, 51, 70);
  tree.adopt(
    (pid) => (pid === 51 ? [grandchild] : []),
    () => true,
  );
  tree.settle(() => true);
  expect(tree.apart.ticks).toBe(0);
  child.parentPid = 1;
  expect(tree.settle(() => true).ticks).toBe(380);
  expect(tree.apart.ticks).toBe(370);
  tree.settle((process) => process !== grandchild);
  expect(tree.apart.ticks).toBe(370);
});
