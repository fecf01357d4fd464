// Package privacy turns text that people wrote into text that may be kept:
// Raw goes in, Clean comes out, and personal data and secrets stand in it as
// placeholders such as [EMAIL_1]. It also makes the keyed pseudonyms that
// stand for people. It does no I/O and keeps no state between texts.
//
// One pass over the bytes finds triggers: an "@", the start of a number, a
// ":" and a few more. At a trigger the detectors of its kind whose gates the
// bytes next to it pass look around, each within a bounded distance, check what they see (check digits, issuer
// and country tables, words nearby) and add spans. Where spans overlap the
// most specific kind wins. There are no regular expressions: a union of them
// would be thirty times slower and could not look both ways.
//
// Where a detector fails, or a text is too long to be looked at, the text is
// withheld rather than passed on. That is the one rule without exceptions.
package privacy
