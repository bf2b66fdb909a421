// Chinese words of the decision editor, for which there is no published dictionary.
export const decisionWords = {};
