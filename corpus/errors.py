"""Everything that can go wrong on the user's side, in one tree.

    ClauseqaError
    ├── SourceError          a document cannot be read
    │   ├── NotFound         no such file
    │   ├── Unreadable       empty, binary, wrong encoding or wrong permissions
    │   └── NoClauses        readable, but holds no clause
    ├── AnnotationError      a hand-made annotation file is malformed
    ├── BundleError          the index cannot be used
    │   ├── NoBundle         nothing was built at that place
    │   ├── BundleMismatch   made by another format version or another encoder
    │   ├── BundleDamaged    a checksum, span or count does not hold
    │   ├── BundleBusy       another build is at work there
    │   └── NoSpace          the disk is full
    ├── EncoderError         the model is missing, foreign or cannot be exported
    ├── QueryError           a question or filter that cannot be served
    │   ├── EmptyQuestion
    │   ├── QuestionTooLong
    │   └── UnknownFilter    an unknown filter name or value
    ├── UnknownClause        no clause has that id
    ├── PortInUse            the server cannot listen there
    └── SettingsError        an unknown or unusable setting

Each message says what is wrong and how to mend it, in one line. The command line prints it after
``clauseqa:``; HTTP puts it in the ``detail`` of a problem document.
"""

from __future__ import annotations


class ClauseqaError(Exception):
    """Base of all errors that a person can mend."""


class SourceError(ClauseqaError):
    """A document cannot be read."""


class NotFound(SourceError):
    """No such file."""


class Unreadable(SourceError):
    """Empty, binary, wrongly encoded or without permission."""


class NoClauses(SourceError):
    """Readable, but no clause was found in it."""


class AnnotationError(ClauseqaError):
    """A hand-made annotation file is malformed."""


class BundleError(ClauseqaError):
    """The index cannot be used."""


class NoBundle(BundleError):
    """Nothing was built at that place."""


class BundleMismatch(BundleError):
    """Made by another format version or another encoder."""


class BundleDamaged(BundleError):
    """A checksum, a span or a count does not hold."""


class BundleBusy(BundleError):
    """Another build is at work at the same place."""


class NoSpace(BundleError):
    """The disk is full."""


class EncoderError(ClauseqaError):
    """The model is missing, foreign or cannot be exported."""


class QueryError(ClauseqaError):
    """A question or filter that cannot be served."""


class EmptyQuestion(QueryError):
    """Nothing was asked."""


class QuestionTooLong(QueryError):
    """More text than a question may have."""


class UnknownFilter(QueryError):
    """An unknown filter name or value."""


class UnknownClause(ClauseqaError):
    """No clause has that id."""


class PortInUse(ClauseqaError):
    """The server cannot listen there."""


class SettingsError(ClauseqaError):
    """An unknown or unusable setting."""
