import Cajal

extension LayerGradientTests {
  static let attentionBodies: [String: Body] = [
    "attention": { [Attention()($0)] },
    "attention-key": { [Attention(useScale: true)($0)] },
    "attention-concat": { [Attention(useScale: true, scoreMode: .concat, useCausalMask: true)($0)] },
    "attention-masked": { [SimpleRNN(2)(Attention()(both($0)))] },
    "attention-scores": { Attention(returnAttentionScores: true).call($0) },
    "additive-attention": { AdditiveAttention(returnAttentionScores: true).call($0) },
    "additive-attention-plain": { [AdditiveAttention(useScale: false)(both($0))] },
    "multi-head": { [MultiHeadAttention(numHeads: 2, keyDim: 3)($0)] },
    "multi-head-self": {
      [MultiHeadAttention(numHeads: 2, keyDim: 2, useBias: false, useCausalMask: true)($0[0], $0[0])]
    },
    "multi-head-sizes": {
      let attention = MultiHeadAttention(numHeads: 2, keyDim: 3, valueDim: 2, outputShape: [2, 2])
      let (output, scores) = attention.attend($0[0], $0[1], key: $0[2])
      return [output, scores]
    },
    "multi-head-masked": { [SimpleRNN(2)(MultiHeadAttention(numHeads: 2, keyDim: 2)(both($0)))] },
    "multi-head-given-mask": {
      [MultiHeadAttention(numHeads: 2, keyDim: 2).attend($0[0], $0[1], attentionMask: $0[2]).output]
    },
    "multi-head-axes": { [MultiHeadAttention(numHeads: 2, keyDim: 2, attentionAxes: [2])($0)] },
    "multi-head-all-axes": { [MultiHeadAttention(numHeads: 1, keyDim: 2)($0[0], $0[0])] },
    "multi-head-gate": { [MultiHeadAttention(numHeads: 2, keyDim: 2, slidingWindow: 2, useGate: true)($0[0], $0[0])] },
    "group-query": { [GroupQueryAttention(headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2)($0)] },
    "group-query-causal": {
      let attention = GroupQueryAttention(
        headDim: 2, numQueryHeads: 4, numKeyValueHeads: 1, useBias: false, useGate: true, useCausalMask: true)
      return [attention($0[0], $0[0])]
    },
    "group-query-scores": {
      let attention = GroupQueryAttention(
        headDim: 2, numQueryHeads: 2, numKeyValueHeads: 2, slidingWindow: 2, returnAttentionScores: true)
      return attention.call(both($0))
    },
    "einsum-dense": one(EinsumDense("ab,bc->ac", outputShape: [3], activation: .tanh, biasAxes: "c")),
    "einsum-dense-sequence": one(EinsumDense("abc,cd->abd", outputShape: [nil, 2], biasAxes: "d")),
    "einsum-dense-ellipsis": one(EinsumDense("...x,xy->...y", outputShape: [2], biasAxes: "y")),
    "einsum-dense-heads": one(EinsumDense("abc,cde->abde", outputShape: [nil, 2, 3], biasAxes: "de")),
    "einsum-dense-permuted": one(EinsumDense("abc,bde->adec", outputShape: [2, 5, 3], biasAxes: "e")),
  ]
}
