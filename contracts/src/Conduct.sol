// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Bookkeeping} from "./Bookkeeping.sol";
import {Geography} from "./Geography.sol";
import {IConduct} from "./IConduct.sol";
import {Membership} from "./Membership.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title Conduct; see IConduct
/// @notice Here are the penalty bills. What a statement says against its signer is checked here and nowhere else.
contract Conduct is Bookkeeping {
    constructor(IERC20 currency_, Rules memory rules_, address[] memory attestors_, uint8 threshold_)
        Membership(currency_, rules_, attestors_, threshold_)
        EIP712("Conduct", "1")
    {}

    /// @inheritdoc IConduct
    function accuseFalseStanding(
        ZoneRequest calldata request,
        bytes calldata signature,
        Standing calldata standing,
        Proof calldata proof
    ) external {
        bytes32 evidence = _hash(request);
        bool differs = request.reputation != standing.reputation || request.zones != standing.zones;
        bool holds = differs && standing.member == request.requester && _stands(request.standings, standing, proof)
            && _isSigned(evidence, request.requester, signature);
        _conclude(Offence.FalseStanding, request.requester, evidence, bytes32(0), request.time, holds, address(0));
    }

    /// @inheritdoc IConduct
    function accuseOutsideArea(
        ZoneRequest calldata request,
        ZoneAnswer calldata answer,
        bytes calldata signature,
        Place calldata place
    ) external {
        bytes32 evidence = _hash(answer);
        bool holds = answer.request == _hash(request) && Geography.isPlace(request.latitude, request.longitude)
            && _opens(answer, place) && _isSigned(evidence, answer.collaborator, signature)
            && _isOutside(request, place);
        _conclude(Offence.OutsideArea, answer.collaborator, evidence, bytes32(0), answer.time, holds, request.requester);
    }

    /// @inheritdoc IConduct
    function accuseImpossibleSpeed(
        ZoneAnswer[2] calldata answers,
        bytes[2] calldata signatures,
        Place[2] calldata places
    ) external {
        (ZoneAnswer calldata a, ZoneAnswer calldata b) = (answers[0], answers[1]);
        (bytes32 evidence, bytes32 other) = (_hash(a), _hash(b));
        bool holds = a.collaborator == b.collaborator && _opens(a, places[0]) && _opens(b, places[1])
            && _isSigned(evidence, a.collaborator, signatures[0]) && _isSigned(other, b.collaborator, signatures[1])
            && _isTooFar(a.time, places[0], b.time, places[1]);
        _conclude(
            Offence.ImpossibleSpeed,
            a.collaborator,
            evidence,
            other,
            a.time < b.time ? a.time : b.time,
            holds,
            address(0)
        );
    }

    /// @inheritdoc IConduct
    function accuseLeak(
        ZoneRequest calldata request,
        ZoneAnswer calldata answer,
        bytes calldata answerSignature,
        Disclosure calldata disclosure,
        bytes calldata signature
    ) external {
        (bytes32 evidence, bytes32 told) = (_hash(disclosure), _hash(answer));
        bool holds = answer.request == _hash(request) && disclosure.requester == request.requester
            && disclosure.receiver != answer.collaborator && disclosure.receiver != request.requester
            && disclosure.answer == told && _opens(answer, disclosure.place)
            && _isSigned(told, answer.collaborator, answerSignature)
            && _isSigned(evidence, request.requester, signature);
        _conclude(Offence.Leak, disclosure.requester, evidence, bytes32(0), answer.time, holds, answer.collaborator);
    }

    /// @inheritdoc IConduct
    function accuseDoubleClaim(Forward[2] calldata forwards, bytes[2] calldata signatures) external {
        (Forward calldata a, Forward calldata b) = (forwards[0], forwards[1]);
        (bytes32 evidence, bytes32 other) = (_hash(a), _hash(b));
        bool holds = a.collaborator == b.collaborator && (a.query == b.query) != (a.payload == b.payload)
            && _isSigned(evidence, a.collaborator, signatures[0]) && _isSigned(other, b.collaborator, signatures[1]);
        _conclude(Offence.DoubleClaim, a.collaborator, evidence, other, uint64(block.timestamp), holds, address(0));
    }

    /// @inheritdoc IConduct
    function penalise(
        address offender,
        Offence offence,
        bytes32 evidence,
        uint64 committedAt,
        bytes[] calldata signatures
    ) external {
        if (offence < Offence.MissingReview) revert InvalidStatement();
        _checkAge(committedAt);
        _checkAttested(keccak256(abi.encode(VERDICT_TYPEHASH, offender, offence, evidence, committedAt)), signatures);
        _convict(offence, offender, keccak256(abi.encode(offender, offence, evidence)), bytes32(0), address(0));
    }

    /// @inheritdoc IConduct
    function distance(int32 latitude, int32 longitude, int32 otherLatitude, int32 otherLongitude)
        external
        pure
        returns (uint256)
    {
        if (!Geography.isPlace(latitude, longitude) || !Geography.isPlace(otherLatitude, otherLongitude)) {
            revert InvalidStatement();
        }
        return Geography.distance(latitude, longitude, otherLatitude, otherLongitude);
    }

    /// @dev The author has a bond that a false accusation costs; a true one convicts.
    function _conclude(
        Offence offence,
        address accused,
        bytes32 evidence,
        bytes32 other,
        uint64 time,
        bool holds,
        address wronged
    ) private {
        uint128 bond = _accounts[msg.sender].bond;
        if (bond < _rules.fine) revert BondTooLow(bond, _rules.fine);
        _checkAge(time);
        if (holds) _convict(offence, accused, evidence, other, wronged);
        else emit FalselyAccused(msg.sender, accused, offence, _fine(msg.sender, address(0)));
    }

    /// @dev A statement from the future is as good as one from now: else it would be a way to say anything.
    function _checkAge(uint64 time) private view {
        if (block.timestamp > time && block.timestamp - time > _rules.keeping) revert TooOld(time);
    }

    function _opens(ZoneAnswer calldata answer, Place calldata place) private pure returns (bool) {
        return answer.place == _hash(place);
    }

    /// @dev What is no place on Earth is nowhere near.
    function _isOutside(ZoneRequest calldata request, Place calldata place) private view returns (bool) {
        if (!Geography.isPlace(place.latitude, place.longitude)) return true;
        return Geography.distance(request.latitude, request.longitude, place.latitude, place.longitude)
            > uint256(request.radius) + _rules.slack;
    }

    function _isTooFar(uint64 time, Place calldata place, uint64 otherTime, Place calldata other)
        private
        view
        returns (bool)
    {
        if (!Geography.isPlace(place.latitude, place.longitude) || !Geography.isPlace(other.latitude, other.longitude)) return false;
        uint256 elapsed = time > otherTime ? time - otherTime : otherTime - time;
        return Geography.distance(place.latitude, place.longitude, other.latitude, other.longitude)
            > elapsed * _rules.speed + _rules.slack;
    }
}
