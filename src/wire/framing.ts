// A framing cuts a body into frames and finds the data inside one. Frames joined give the body back, character by character.

/** The data of a frame: JSON source, or plain text where the framing allows it. */
export interface FrameData {
  readonly source: string;
  /** Where `source` stands in the frame; -1 when it was joined from several lines. */
  readonly at: number;
}

export interface Framing {
  /** Takes the next text and gives the frames it completes. */
  push(text: string): readonly string[];
  /** What is left when the body ends; empty when it ended with a frame. */
  end(): string;
  /** Characters that wait for the rest of their frame. */
  waiting(): number;
  /** The data of a frame, or undefined when it holds none (a comment, a blank line). */
  data(frame: string): FrameData | undefined;
  /** The frame with its data replaced. */
  withData(frame: string, data: FrameData, source: string): string;
  /** A frame of its own, in the form of the frame `like`. `type`: the event's type, where it has one. */
  frame(source: string, type: string | undefined, like: string): string;
}

/** Puts `source` in the place of data that stands in one piece. */
export function spliceData(frame: string, data: FrameData, source: string): string {
  return frame.slice(0, data.at) + source + frame.slice(data.at + data.source.length);
}
