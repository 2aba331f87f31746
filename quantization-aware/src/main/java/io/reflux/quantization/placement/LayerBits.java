package io.reflux.quantization.placement;

/**
 * Bits of a layer.
 *
 * @param weights bits of its weight; 0 = the layer stays in floats
 * @param activations bits of what it reads; 0 = floats
 */
public record LayerBits(int weights, int activations) {

    /** A layer that stays in floats. */
    public static final LayerBits FLOAT = new LayerBits(0, 0);

    /** 8 bits each. */
    public static final LayerBits INT8 = new LayerBits(8, 8);

    public boolean isFloat() {
        return weights == 0;
    }
}
