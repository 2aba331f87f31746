package io.reflux.model.precision;

/** In which precision an operator reads its floating-point inputs, and so computes. */
public enum OperatorPrecision {
    /** In 16 bits: sums of products, which hardware adds up in fp32. */
    LOW,
    /** In fp32: what loses range or digits in 16 bits. */
    FULL,
    /** As its inputs come: in 16 bits where all that was computed before it is, else in fp32. */
    FOLLOW,
    /** The data as it comes, statistics and scales in fp32; libtorch computes the statistics in fp32 from either. */
    STATISTICS
}
