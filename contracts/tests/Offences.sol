// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Epochs} from "./Epochs.sol";

/// @dev Accusations of every offence that statements prove, on statements that prove it and on such as an honest member signs.
abstract contract Offences is Epochs {
    int32 private constant LATITUDE = 60_169_900;
    int32 private constant LONGITUDE = 24_938_400;
    uint32 private constant RADIUS = 1_000;

    /// @return data of the call
    /// @return evidence the first statement
    /// @return paid who gets the fine if it holds; 0 for the pot
    function _accusation(IConduct.Offence offence, address offender, address other, uint256 n, bool holds)
        internal
        view
        returns (bytes memory data, bytes32 evidence, address paid)
    {
        if (offence == IConduct.Offence.FalseStanding) (data, evidence) = _falseStanding(offender, n, holds);
        else if (offence == IConduct.Offence.OutsideArea) (data, evidence) = _outside(offender, other, n, holds);
        else if (offence == IConduct.Offence.ImpossibleSpeed) (data, evidence) = _speed(offender, n, holds);
        else if (offence == IConduct.Offence.Leak) (data, evidence) = _leak(offender, other, n, holds);
        else (data, evidence) = _doubleClaim(offender, n, holds);
        if (offence == IConduct.Offence.OutsideArea || offence == IConduct.Offence.Leak) paid = other;
    }

    function _falseStanding(address offender, uint256 n, bool holds) private view returns (bytes memory, bytes32) {
        IConduct.ZoneRequest memory r = _request(offender, n);
        IConduct.Standing memory s = _standing(offender);
        (r.reputation, r.zones) = (s.reputation, holds ? s.zones + 1 : s.zones);
        bytes memory signature = _sign(offender, _hash(r));
        return (abi.encodeCall(IConduct.accuseFalseStanding, (r, signature, s, _standingProof(offender))), _hash(r));
    }

    function _outside(address offender, address requester, uint256 n, bool holds)
        private
        view
        returns (bytes memory, bytes32)
    {
        IConduct.ZoneRequest memory r = _request(requester, n);
        IConduct.Place memory place = IConduct.Place(holds ? LATITUDE + 100_000 : LATITUDE, LONGITUDE, bytes32(n));
        IConduct.ZoneAnswer memory a = _answer(offender, r, place);
        return (abi.encodeCall(IConduct.accuseOutsideArea, (r, a, _sign(offender, _hash(a)), place)), _hash(a));
    }

    function _speed(address offender, uint256 n, bool holds) private view returns (bytes memory, bytes32) {
        IConduct.ZoneAnswer[2] memory answers;
        bytes[2] memory signatures;
        IConduct.Place[2] memory places;
        for (uint256 i = 0; i < 2; ++i) {
            places[i] = IConduct.Place(holds && i == 1 ? LATITUDE + 100_000 : LATITUDE, LONGITUDE, bytes32(n));
            answers[i] = _answer(offender, _request(offender, n), places[i]);
            answers[i].sealedPlace = bytes32(i);
            signatures[i] = _sign(offender, _hash(answers[i]));
        }
        return (abi.encodeCall(IConduct.accuseImpossibleSpeed, (answers, signatures, places)), _hash(answers[0]));
    }

    /// @dev Telling the collaborator its own place is no leak.
    function _leak(address offender, address collaborator, uint256 n, bool holds)
        private
        view
        returns (bytes memory, bytes32)
    {
        IConduct.ZoneRequest memory r = _request(offender, n);
        IConduct.Place memory place = IConduct.Place(LATITUDE, LONGITUDE, bytes32(n));
        IConduct.ZoneAnswer memory a = _answer(collaborator, r, place);
        address receiver = holds ? address(this) : collaborator;
        IConduct.Disclosure memory d = IConduct.Disclosure(offender, receiver, _hash(a), place);
        return (
            abi.encodeCall(IConduct.accuseLeak, (r, a, _sign(collaborator, _hash(a)), d, _sign(offender, _hash(d)))),
            _hash(d)
        );
    }

    function _doubleClaim(address offender, uint256 n, bool holds) private view returns (bytes memory, bytes32) {
        IConduct.Forward[2] memory forwards;
        bytes[2] memory signatures;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 query = keccak256(abi.encode("query", n, holds ? 0 : i));
            forwards[i] = IConduct.Forward(offender, address(this), query, keccak256(abi.encode("payload", n, i)));
            signatures[i] = _sign(offender, _hash(forwards[i]));
        }
        return (abi.encodeCall(IConduct.accuseDoubleClaim, (forwards, signatures)), _hash(forwards[0]));
    }

    /// @dev An attested verdict, whose evidence is n.
    function _verdict(address offender, IConduct.Offence offence, uint256 n) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");
        uint64 time = uint64(block.timestamp);
        bytes[] memory signatures = _attest(keccak256(abi.encode(typeHash, offender, offence, bytes32(n), time)));
        return abi.encodeCall(IConduct.penalise, (offender, offence, bytes32(n), time, signatures));
    }

    function _request(address requester, uint256 n) private view returns (IConduct.ZoneRequest memory r) {
        (r.requester, r.zone, r.time) = (requester, bytes32(n), uint64(block.timestamp));
        (r.standings, r.reputation, r.zones, r.size) = (conduct.standings(), LEAST, 10, 5);
        (r.latitude, r.longitude, r.radius) = (LATITUDE, LONGITUDE, RADIUS);
    }

    function _answer(address collaborator, IConduct.ZoneRequest memory r, IConduct.Place memory place)
        private
        pure
        returns (IConduct.ZoneAnswer memory)
    {
        return IConduct.ZoneAnswer(collaborator, _hash(r), r.time, _hash(place), keccak256("sealed"));
    }
}
