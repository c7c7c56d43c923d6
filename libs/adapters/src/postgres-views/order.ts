/** After every limit that a law could set: where work without a limit stands in the list. */
const noLimit = '9999-12-31T23:59:59.999Z';

export const dueOrder = ({ due }: { readonly due?: string }): string => due ?? noLimit;
