package io.reflux.quantization.rounding;

/**
 * What learned rounding did to a layer.
 *
 * @param layer its name
 * @param nearestError the error with weights rounded to the nearest
 * @param learnedError the error with weights as they were rounded in the end, not larger
 * @param undecided share of the weights that learning left further than 0.01 from both integers, in [0, 1]
 * @param changed share of the weights that are not the nearest integers, in [0, 1]
 */
public record RoundedLayer(String layer, double nearestError, double learnedError, double undecided, double changed) {}
