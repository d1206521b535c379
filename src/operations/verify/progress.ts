const noticeMs = 2_000;

/** Says every two seconds what is being waited for; what is quicker says nothing. */
export async function withProgress<Result>(
  onProgress: (line: string) => void,
  work: (doing: (what: string) => void) => Promise<Result>,
): Promise<Result> {
  let current = 'connecting';
  const notice = setInterval(() => onProgress(`${current}…`), noticeMs);
  try {
    return await work((what) => {
      current = what;
    });
  } finally {
    clearInterval(notice);
  }
}
