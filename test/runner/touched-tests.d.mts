export function testsOfFiles(root: string): string[];
export function touchedTests(root: string): string[] | undefined;
