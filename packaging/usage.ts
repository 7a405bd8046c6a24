/** For commands without options: says what they do where that is asked for, and refuses what they would not heed. */
export function refuseArguments(help: string): void {
  const given = process.argv.slice(2);
  if (given.includes('--help') || given.includes('-h')) {
    process.stdout.write(help);
    process.exit(0);
  }
  if (given.length === 0) return;
  process.stderr.write(`It takes no arguments, not ${given.join(' ')}. See --help.\n`);
  process.exit(2);
}
