// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "./IConduct.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title What members, bookkeepers and attestors sign
/// @dev All members of these structs are atomic and static, so abi.encode is EIP-712's encodeData.
abstract contract Statements is IConduct, EIP712 {
    bytes32 private constant REQUEST_TYPEHASH = keccak256(
        "ZoneRequest(address requester,bytes32 zone,uint64 time,bytes32 standings,uint32 reputation,uint32 zones,"
        "uint8 size,int32 latitude,int32 longitude,uint32 radius)"
    );
    bytes32 private constant ANSWER_TYPEHASH =
        keccak256("ZoneAnswer(address collaborator,bytes32 request,uint64 time,bytes32 place,bytes32 sealedPlace)");
    bytes32 private constant PLACE_TYPEHASH = keccak256("Place(int32 latitude,int32 longitude,bytes32 salt)");
    bytes32 private constant BILL_TYPEHASH =
        keccak256("Bill(address requester,address collaborator,bytes32 answer,uint64 time,bytes32 sealedPlace)");
    bytes32 private constant DISCLOSURE_TYPEHASH = keccak256(
        "Disclosure(address requester,address receiver,bytes32 answer,Place place)"
        "Place(int32 latitude,int32 longitude,bytes32 salt)"
    );
    bytes32 private constant FORWARD_TYPEHASH =
        keccak256("Forward(address collaborator,address service,bytes32 query,bytes32 payload)");
    bytes32 private constant RECEIPT_TYPEHASH = keccak256("Receipt(uint64 epoch,bytes32 bill)");
    bytes32 internal constant ADMISSION_TYPEHASH = keccak256("Admission(address member,bytes32 subject)");
    bytes32 internal constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(bytes32 root,uint32 members,uint32 least,bytes32 content,uint64 number)");
    bytes32 internal constant VERDICT_TYPEHASH =
        keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");
    bytes32 internal constant SUCCESSION_TYPEHASH =
        keccak256("Succession(address[] attestors,uint8 threshold,uint64 number)");

    function _hash(ZoneRequest calldata request) internal pure returns (bytes32) {
        return keccak256(abi.encode(REQUEST_TYPEHASH, request));
    }

    function _hash(ZoneAnswer calldata answer) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANSWER_TYPEHASH, answer));
    }

    function _hash(Place calldata place) internal pure returns (bytes32) {
        return keccak256(abi.encode(PLACE_TYPEHASH, place));
    }

    function _hash(Disclosure calldata disclosure) internal pure returns (bytes32) {
        bytes32 place = _hash(disclosure.place);
        return
            keccak256(
                abi.encode(DISCLOSURE_TYPEHASH, disclosure.requester, disclosure.receiver, disclosure.answer, place)
            );
    }

    function _hash(Forward calldata forward) internal pure returns (bytes32) {
        return keccak256(abi.encode(FORWARD_TYPEHASH, forward));
    }

    /// @dev What the requester signs, and what names the bill.
    function _digest(Bill calldata bill) internal view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(BILL_TYPEHASH, bill)));
    }

    function _isReceipt(uint64 epoch, bytes32 bill, address signer, bytes calldata signature)
        internal
        view
        returns (bool)
    {
        return _isSigned(keccak256(abi.encode(RECEIPT_TYPEHASH, epoch, bill)), signer, signature);
    }

    function _isSigned(bytes32 structHash, address signer, bytes calldata signature) internal view returns (bool) {
        return _recovers(_hashTypedDataV4(structHash), signer, signature);
    }

    function _recovers(bytes32 digest, address signer, bytes calldata signature) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecover(digest, signature);
        return failure == ECDSA.RecoverError.NoError && recovered == signer;
    }
}
