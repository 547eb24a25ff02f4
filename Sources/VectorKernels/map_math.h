// Elementary functions on vectors of floats. Included once for each vector width: F is the vector of floats, I that of
// int32 of the same width. Polynomials are minimax fits; errors are below 4 units in the last place.
#define LANE static inline __attribute__((always_inline, overloadable, unused))
#pragma clang fp contract(fast)

LANE F pick(I mask, F yes, F no) { return (F)((mask & (I)yes) | (~mask & (I)no)); }
LANE F magnitude(F x) { return (F)((I)x & 0x7fffffff); }
LANE F with_sign(F x, F sign) { return (F)((I)x | ((I)sign & (I)((I)(0) + (int32_t)0x80000000))); }
LANE F least(F x, F most) { return pick(most < x, most, x); }      // NaN stays
LANE F most(F x, F least) { return pick(x < least, least, x); }
LANE F truth(I mask) { return (F)(mask & 0x3f800000); }

/// (exp(r) - 1 - r) / r² for |r| ≤ ln 2 / 2.
LANE F exp_tail(F r) {
  return (((1.39466700879660346e-03f * r + 8.36671065216274684e-03f) * r + 4.16662790814780887e-02f) * r
          + 1.66665420483239957e-01f) * r + 5.00000006264816332e-01f;
}
/// x = n ln 2 + r; `bits` keeps n + 127 in its lowest bits.
LANE F reduce_exp(F x, F *n, I *bits) {
  const float magic = 12582912.0f + 127.0f;
  F t = x * 1.44269504088896341f + magic;
  *bits = (I)t;
  *n = t - magic;
  return (x - *n * 0.693145751953125f) - *n * 1.42860682030941723e-06f;
}
/// p · 2ⁿ for n from -151 to 130, gradual underflow and overflow included.
LANE F scale_by(F p, F n, I bits) {
#ifdef F_SCALEF
  (void)bits;
  return F_SCALEF(p, n);
#else
  (void)n;
  I whole = ((bits & 0x7fffff) - 0x400000) - 127, half = whole >> 1;
  return p * (F)((half + 127) << 23) * (F)((whole - half + 127) << 23);
#endif
}
/// exp(x) for -104 ≤ x ≤ 89.
LANE F exp_within(F x) {
#ifdef F_SIXTEENTH
  // x = n ln 2 + r for n in sixteenths: the last four bits of t choose 2^(n - ⌊n⌋), and r is so small that r³ ends it.
  const float magic = 786432.0f;
  F t = x * 1.44269504088896341f + magic, n = t - magic;
  F r = (x - n * 0.693145751953125f) - n * 1.42860682030941723e-06f;
  F p = (r * 1.66666672e-01f + 0.5f) * (r * r) + r, power = F_SIXTEENTH(t);
  return F_SCALEF(power * p + power, n);
#else
  F n; I bits;
  F r = reduce_exp(x, &n, &bits), p = r * r * exp_tail(r) + r;
  return scale_by(p + 1.0f, n, bits);
#endif
}
LANE F exp_of(F x) { return exp_within(most(least(x, (F)(89.0f)), (F)(-104.0f))); }
LANE F expm1_of(F x) {
  F n; I bits;
  F y = most(least(x, (F)(89.0f)), (F)(-20.0f)), r = reduce_exp(y, &n, &bits);
  F p = r * r * exp_tail(r) + r, half = (F)((bits - 1) << 23);
  F result = (half * p + (half - 0.5f)) * 2.0f;
  return pick(magnitude(x) < 1e-20f, x, result);
}
LANE F sigmoid_of(F x) {
  // With e = exp(-|x|) neither side overflows.
  F e = exp_within(-least(magnitude(x), (F)(104.0f)));
  return pick(x < 0.0f, e, (F)(1.0f)) / (e + 1.0f);
}
/// √x within one unit in the last place.
LANE F root_of(F x) {
#ifdef F_ROOT
  return F_ROOT(x);
#else
  return __builtin_elementwise_sqrt(x);
#endif
}
/// m for tanh |x| = m / (m + 1): half of exp(2|x|) - 1, with 2|x| = n ln 2 + 2r. The slope of tanh forgives ln 2 in one
/// piece.
LANE F tanh_numerator(F x) {
  const float magic = 12582912.0f + 127.0f;
  F a = least(magnitude(x), (F)(9.1f));
  F t = a * 2.88539008177792681f + magic, n = t - magic;
  F r = n * -0.346573590279972655f + a;
  F q = (1.39466700879660346e-03f * 32.0f * r + 8.36671065216274684e-03f * 16.0f) * r + 4.16662790814780887e-02f * 8.0f;
  q = (q * r + 1.66665420483239957e-01f * 4.0f) * r + 5.00000006264816332e-01f * 2.0f;
  F p = r * r * q + r, power = (F)((I)t << 23);       // p is half of exp(2r) - 1
  return power * p + (power * 0.5f - 0.5f);
}
LANE F tanh_of(F x) {
  F m = tanh_numerator(x);
  return with_sign(m / (m + 1.0f), x);
}
/// tanh(x) · sigmoid(y) with one division: m / (m + 1) over 1 + e.
LANE F gate_of(F x, F y) {
  F m = tanh_numerator(x), e = exp_of(-y), d = m + 1.0f;
  return with_sign(m, x) / (e * d + d);
}
/// log(1 + f) - f + f²/2, over f³, for 1/√2 ≤ 1 + f ≤ √2.
LANE F log_tail(F f) {
  F p = 6.74659907295297734e-02f * f - 1.16796538279115694e-01f;
  p = p * f + 1.18903236505642232e-01f;
  p = p * f - 1.24051355463721411e-01f;
  p = p * f + 1.42192243909915167e-01f;
  p = p * f - 1.66680068738183168e-01f;
  p = p * f + 2.00021335872010236e-01f;
  p = p * f - 2.50000096373751757e-01f;
  return p * f + 3.33333124151119486e-01f;
}
LANE F log_of(F x) {
  I tiny = x < 1.17549435e-38f;
  F y = pick(tiny, x * 8388608.0f, x);
  I bits = (I)y - 0x3f3504f3;
  I e = bits >> 23;
  F f = (F)((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
  F n = __builtin_convertvector(e, F) - (F)((I)((F)(23.0f)) & tiny);
  F square = f * f;
  F r = n * 1.42860682030941723e-06f + square * f * log_tail(f);
  r = r - 0.5f * square;
  r = (r + f) + n * 0.693145751953125f;
  F infinity = (F)(__builtin_inff());
  r = pick(x < infinity, r, x);                       // +inf and NaN
  r = pick(x == 0.0f, -infinity, r);
  return pick(x < 0.0f, (F)(__builtin_nanf("")), r);
}
LANE F log1p_of(F x) {
  // c / u is what rounding took from u; 2 - u stands for 1 / u well enough.
  F u = x + 1.0f, c = (x - (u - 1.0f)) * (2.0f - u), r = log_of(u) + pick(u < 2.0f, c, (F)(0.0f));
  r = pick((u < __builtin_inff()) & (u > 0.0f), r, log_of(u));
  return pick(magnitude(x) < 1e-8f, x, r);
}
LANE F softplus_of(F x) {
  // log(1 + e) for e in 0...1: u = 1 + e is in 1...2 and needs one halving at most.
  F e = exp_of(-magnitude(x)), u = e + 1.0f, c = e - (u - 1.0f);
  I upper = u > 1.41421356f;
  F f = pick(upper, u * 0.5f, u) - 1.0f, n = truth(upper), square = f * f;
  F r = square * f * log_tail(f) - 0.5f * square + n * 1.42860682030941723e-06f + c * (2.0f - u);
  r = r + f + n * 0.693145751953125f;
  return pick(x > 0.0f, x, (F)(0.0f)) + r;
}
LANE F erf_of(F x) {
  F a = least(magnitude(x), (F)(4.0f)), t = a * a;
  F p = 7.85386114709807007e-05f * t - 8.01019356295042118e-04f;
  p = p * t + 5.18832767866285547e-03f;
  p = p * t - 2.68538119315787742e-02f;
  p = p * t + 1.12835851485250785e-01f;
  p = p * t - 3.76126258242251488e-01f;
  p = p * t + 1.28379165726709377e-01f;
  F q = -2.14455622537724393e-05f * a + 4.38529897356092755e-04f;
  q = q * a - 4.19085557459271309e-03f;
  q = q * a + 2.51718082277971114e-02f;
  q = q * a - 1.08361551632714506e-01f;
  q = q * a - 6.33272414488616264e-01f;
  q = q * a - 1.12955204098897988e+00f;
  q = q * a + 1.82460088380409502e-04f;
  return with_sign(pick(a < 0.97f, p * a + a, 1.0f - exp_of(q)), x);
}
/// sin and cos of x for |x| ≤ 30000, from x = q π/2 + r: `turn` 0 gives the sine, 1 the cosine.
LANE F circle(F x, int32_t turn) {
  const float magic = 12582912.0f;
  F t = x * 0.636619772367581343f + magic, q = t - magic;
  I quadrant = (I)t + turn;
  F r = x - q * 1.57079637050628662f;
  r = r + q * 4.37113900018624283e-08f;
  r = r + q * 1.71512449091342e-15f;
  F s = r * r;
  F sine = (2.71829059983879447e-06f * s - 1.98393326699332324e-04f) * s + 8.33332937925128532e-03f;
  sine = (sine * s - 1.66666666415703157e-01f) * s * r + r;
  F cosine = (-2.72055550249938955e-07f * s + 2.47994577359438014e-05f) * s - 1.38888834908608449e-03f;
  cosine = (cosine * s + 4.16666666193834662e-02f) * s * s + (1.0f - 0.5f * s);
  F result = pick((quadrant & 1) != 0, cosine, sine);
  return (F)((I)result ^ ((quadrant & 2) << 30));
}
