/** Something the person at the terminal can put right. Its message is all they are shown. */
export class Complaint extends Error {}
