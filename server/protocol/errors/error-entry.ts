/** An error as HTTP answers it: its body is `{"code": <status>, "message"}`, its code stands in the header `Error-Code`. */
export interface HttpErrorEntry {
  readonly status: number;
  /** `{name}` stands for a detail that the thrower of the error gives. */
  readonly message: string;
  /** When it occurs, for the table in docs/api.md. */
  readonly when: string;
}

export type HttpErrorTable = Readonly<Record<string, HttpErrorEntry>>;

/** The names of the details in a message: `id` for `failed to update member {id}`. */
export type DetailName<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | DetailName<Rest>
  : never;
