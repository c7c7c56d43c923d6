/** Something the person at the terminal can put right. Its message is all they are shown. */
export class Complaint extends Error {}

/** Reads what somebody named; what is wrong with it is theirs to put right. */
export const complaining = <Value>(read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
};
